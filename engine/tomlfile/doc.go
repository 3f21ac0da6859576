// Package tomlfile decodes a TOML file strictly into a Go struct and reports
// every fault at once: the file, the line, the key, and what would have been
// right.
//
// [Decode] and [DecodeFile] are enough where the types say all that can be
// wrong. A caller that judges the values afterwards keeps the [Document], so
// that its own faults name their lines too:
//
//	doc, err := tomlfile.ParseFile("hookseal.toml")
//	if err != nil {
//		return err
//	}
//	err = doc.Decode(&config)
//	for name, source := range config.Sources {
//		if source.Provider == "" {
//			err = tomlfile.Join(err, doc.Fault(tomlfile.Key("source", name), "provider is missing"))
//		}
//	}
//	return err
//
// # Keys
//
// A struct field is a key when it has a tag `toml:"name"`. Fields without a tag
// are no keys, and a name is matched exactly, case included. An embedded struct
// without a tag lends its fields. A key that no field names is a fault.
//
// Decoding sets what the file says and leaves every other field as it was, so
// defaults are filled in before. A table is merged into a struct and into a
// map; an array replaces a slice, and an entry of a map is replaced whole. What
// is decoded into any shares memory with the document and must not be changed.
//
// # Values
//
// Strings, booleans, integers (within the field's range), finite floats, slices,
// maps with string keys, structs, pointers to them and any are decoded, as is
// [time.Time]: a date or date-time without an offset is taken as UTC, whatever
// the machine's zone. Values are never converted between types, but an integer
// may stand for a float. Units stand inside strings: see [Duration] and [Size].
// [time.Duration] is refused, since a bare number of nanoseconds is a trap.
//
// A type that implements [encoding.TextUnmarshaler] takes a string. If it is
// also a struct with keys, a map or a slice, it takes either form: the string by
// UnmarshalText, the table or array by its fields. What that cannot say, an
// [Unmarshaler] does. A [Describer] says in a fault what it takes.
//
// No message holds a value of the file, which may be a secret, but for numbers
// that are malformed or out of range, and for what a type's own error says.
package tomlfile
