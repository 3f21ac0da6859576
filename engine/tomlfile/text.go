package tomlfile

import "sync"

// Text is what a [Document] was parsed from, for one who has decoded it and finds
// faults later. It takes the memory of the file, and of a document at least five
// times that; the first fault has the file's keys and elements found anew, which
// are then kept. It may be used by several goroutines at once.
type Text struct {
	name string
	root func() spot
}

// Text returns the text of the document, and keeps nothing else of it.
func (d *Document) Text() *Text {
	text := d.text
	return &Text{d.name, sync.OnceValue(func() spot {
		places, _ := scan(text)
		return rootOf(text, places)
	})}
}

// Fault returns what [Document.Fault] does.
func (t *Text) Fault(key, format string, args ...any) Fault {
	return t.root().fault(t.name, key, format, args...)
}
