package stopwatch

import "fmt"

// Change is how a row stands to the same of an earlier run: 1 is no change.
type Change struct {
	// Median and Fuel are the new over the old, zero where there is no old.
	Median, Fuel float64
}

// Against returns how each row stands to the row of an earlier report with the same
// hook, message and body. The error is that there is none in common.
func (r Report) Against(earlier Report) ([]Change, error) {
	changes := make([]Change, len(r.Rows))
	common := 0
	for i, row := range r.Rows {
		for _, old := range earlier.Rows {
			if old.Hook == row.Hook && old.Message == row.Message && old.Body == row.Body && old.Error == "" && row.Error == "" {
				changes[i] = Change{ratio(int64(row.Median), int64(old.Median)), ratio(row.Fuel, old.Fuel)}
				common++
			}
		}
	}
	if common == 0 {
		return nil, fmt.Errorf("the earlier report of %s has no call in common with this one", earlier.Module)
	}
	return changes, nil
}

func ratio(now, before int64) float64 {
	if before == 0 {
		return 0
	}
	return float64(now) / float64(before)
}
