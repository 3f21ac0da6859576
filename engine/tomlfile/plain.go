package tomlfile

import "time"

// plainTable returns the parser's values in the forms that [Unmarshaler] lists.
// It changes the table in place.
func plainTable(table map[string]any) map[string]any {
	for name, value := range table {
		table[name] = plainValue(value)
	}
	return table
}

func plainValue(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return plainTable(value)
	case []map[string]any:
		array := make([]any, len(value))
		for i, table := range value {
			array[i] = plainTable(table)
		}
		return array
	case []any:
		for i, element := range value {
			value[i] = plainValue(element)
		}
		return value
	case time.Time:
		return inUTC(value)
	}
	return value
}

// inUTC takes a time without an offset as UTC. The parser gives it the offset of
// the machine, in zones that it names.
func inUTC(t time.Time) time.Time {
	switch t.Location().String() {
	case "datetime-local", "date-local", "time-local":
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	return t.UTC()
}
