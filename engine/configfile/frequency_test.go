package configfile

import "testing"

func TestFrequency(t *testing.T) {
	for text, want := range map[string]frequency{
		"100/s": 100, "1/s": 1, "90/m": 1.5, "3600/h": 1, "1/h": 1.0 / 3600,
	} {
		var got frequency
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "/", "100", "100/", "/s", "-1/s", "1.5/s", "0/s", "1/d", "1/s/s", " 1/s", "1e3/s", "99999999999/s"} {
		var got frequency
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q = %v, want a fault", text, got)
		}
	}
}
