package telemetry

import "time"

// The results of a reload.
const (
	reloadApplied = "applied"
	reloadRefused = "refused"
)

// Configured says when the first configuration went live.
func (m *Metrics) Configured(at time.Time) { m.configured.Set(unixSeconds(at)) }

// Reloaded counts a later version of the configuration: one that went live, or
// with an error one that was refused.
func (m *Metrics) Reloaded(at time.Time, err error) {
	if err != nil {
		m.reloads.WithLabelValues(reloadRefused).Inc()
		return
	}
	m.reloads.WithLabelValues(reloadApplied).Inc()
	m.Configured(at)
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
