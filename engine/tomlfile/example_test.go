package tomlfile_test

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

func Example() {
	const text = `
[source.contracts]
provder = "chaindoc"
timeout = 30
`
	var config struct {
		Source map[string]struct {
			Provider string            `toml:"provider"`
			Timeout  tomlfile.Duration `toml:"timeout"`
		} `toml:"source"`
	}
	doc, err := tomlfile.Parse("hookseal.toml", []byte(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	err = doc.Decode(&config)
	for name, source := range config.Source {
		if source.Provider == "" {
			err = tomlfile.Join(err, doc.Fault(tomlfile.Key("source", name), "provider is missing"))
		}
	}
	fmt.Println(err)
	// Output:
	// hookseal.toml:2: source.contracts: provider is missing
	// hookseal.toml:3: source.contracts.provder: unknown key; known keys are provider, timeout; did you mean "provider"?
	// hookseal.toml:4: source.contracts.timeout: expected a duration with its unit in quotes, such as "5m" or "1h30m", found an integer
}
