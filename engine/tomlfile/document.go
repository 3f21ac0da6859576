package tomlfile

import (
	"fmt"
	"io"
	"os"
	"reflect"
)

// MaxSize is the largest document that is parsed, in bytes.
const MaxSize = 16 << 20

// Document is a parsed file: its values, and where each of them stands. It does
// not change, and may be used by several goroutines at once.
type Document struct {
	name  string
	text  string
	table map[string]any
	root  spot
}

// Parse parses data, which faults call name. Its error is [Faults] with the one
// fault of syntax at which parsing ended, with line and column. A document is
// also refused if it is larger than [MaxSize] or nested deeper than 100 levels.
func Parse(name string, data []byte) (*Document, error) {
	text, err := checkText(name, data)
	if err != nil {
		return nil, err
	}
	places, tooDeep := scan(text)
	if tooDeep > 0 {
		return nil, syntaxFault(name, text, tooDeep, "", fmt.Sprintf("nested deeper than %d levels", maxDepth))
	}
	table, err := parseTable(name, text)
	if err != nil {
		return nil, err
	}
	return &Document{name: name, text: text, table: table, root: rootOf(text, places)}, nil
}

// ParseFile reads and parses the file at path. Its error is [Faults] for what
// the file says, and any other error if it could not be read.
func ParseFile(path string) (*Document, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Decode parses data and decodes it. See [Parse] and [Document.Decode].
func Decode(name string, data []byte, into any) error {
	doc, err := Parse(name, data)
	if err != nil {
		return err
	}
	return doc.Decode(into)
}

// DecodeFile reads, parses and decodes the file at path. See [ParseFile] and
// [Document.Decode].
func DecodeFile(path string, into any) error {
	doc, err := ParseFile(path)
	if err != nil {
		return err
	}
	return doc.Decode(into)
}

// Decode sets what into points to, a struct or a map, from the document. Its
// error is [Faults], all of them: unknown keys, values of the wrong type, and
// what the types of the values refuse. Whatever has no fault is set all the
// same, so that a caller can judge it and report the rest with [Join].
//
// Decode panics if into is no pointer to a struct or map, or if a type below it
// cannot be decoded, whatever the document says.
func (d *Document) Decode(into any) error {
	if t := reflect.TypeOf(into); t == nil || t.Kind() != reflect.Pointer || !takesTable(t.Elem()) {
		panic(fmt.Sprintf("tomlfile: decode a document into %T, which is no pointer to a struct or map", into))
	}
	return decodeAt(d.name, d.root, d.table, into)
}

// DecodeValue decodes a value that an [Unmarshaler] was given into what into
// points to, as strictly as [Document.Decode] does. That may be of any type that
// a field may have; otherwise DecodeValue panics. Its
// error is [Faults] whose keys are relative to the value; an UnmarshalTOML
// returns it as it is, and the faults get the file, the whole key and the line.
//
// To decode into its own type, an UnmarshalTOML declares another one without
// methods, since DecodeValue would call it again:
//
//	type table Secret
//	return tomlfile.DecodeValue(value, (*table)(s))
func DecodeValue(value, into any) error {
	return decodeAt("", spot{}, value, into)
}

func decodeAt(name string, at spot, value, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		panic(fmt.Sprintf("tomlfile: decode into %T, which is no pointer or nil", into))
	}
	checkType(target.Type(), map[reflect.Type]bool{})
	d := decoder{file: name, known: map[reflect.Type][]field{}}
	d.value(at, value, target)
	return Join(d.faults)
}

// Fault returns a fault of the key, such as source.contracts.secrets[1], at the
// line where it stands. Where the document does not mention the key, the line is
// that of the closest table or array above it that it does mention, and zero if
// there is none. An empty key means the file as a whole. See [Key] for names that
// need quotes. To find faults long after the document was decoded, keep its
// [Document.Text].
func (d *Document) Fault(key, format string, args ...any) Fault {
	return d.root.fault(d.name, key, format, args...)
}
