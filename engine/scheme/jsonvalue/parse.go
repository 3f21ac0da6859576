package jsonvalue

// Parse reads one JSON text as JSON.parse accepts it, and keeps the order of
// members, duplicate names and the source of every value.
//
// The value refers to src, which must not change while it is used. The tree of
// a text of very short values takes about forty times its memory.
//
// It returns a [SyntaxError] where JSON.parse throws, for a byte order mark too;
// and [ErrDepth].
func Parse(src []byte) (*Value, error) {
	p := parser{in: scanner{src: src}}
	t, err := p.in.next()
	if err != nil {
		return nil, err
	}
	var v Value
	if err := p.value(&v, t); err != nil {
		return nil, err
	}
	if _, err := p.in.next(); err != nil {
		return nil, err
	}
	return &v, nil
}

type parser struct{ in scanner }

// value fills v with the value that t begins.
func (p *parser) value(v *Value, t token) error {
	var err error
	switch t.what {
	case tokenBeginObject:
		v.Kind = Object
		err = p.members(v)
	case tokenBeginArray:
		v.Kind = Array
		err = p.items(v)
	default:
		v.Kind = t.kind
	}
	v.Raw = p.in.src[t.start:p.in.pos:p.in.pos]
	return err
}

func (p *parser) members(v *Value) error {
	for {
		name, err := p.in.next()
		if err != nil || name.what == tokenEndObject {
			return err
		}
		t, err := p.in.next()
		if err != nil {
			return err
		}
		v.Members = append(v.Members, Member{Name: decoded(p.in.src[name.start:name.end])})
		if err := p.value(&v.Members[len(v.Members)-1].Value, t); err != nil {
			return err
		}
	}
}

func (p *parser) items(v *Value) error {
	for {
		t, err := p.in.next()
		if err != nil || t.what == tokenEndArray {
			return err
		}
		v.Items = append(v.Items, Value{})
		if err := p.value(&v.Items[len(v.Items)-1], t); err != nil {
			return err
		}
	}
}

// decoded returns what a quoted name or string means, in WTF-8.
func decoded(quoted []byte) string {
	var buffer [64]byte
	return string(appendText(buffer[:0], quoted))
}
