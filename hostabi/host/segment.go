package host

// functionType reads one type of the type section.
func (r *reader) functionType() {
	r.byte()
	r.take(r.u32())
	r.take(r.u32())
}

// elementSegment reads one segment of the element section. Its flags say whether
// it is active (bit 0 clear), whether it names a table or a kind (bit 1), and
// whether its items are expressions (bit 2).
func (r *reader) elementSegment() {
	flags := r.u32()
	passive, explicit, expressions := flags&1 != 0, flags&2 != 0, flags&4 != 0
	if flags > 7 {
		r.fail()
	}
	if !passive {
		if explicit {
			r.u32()
		}
		r.constant()
	}
	if passive || explicit {
		r.byte()
	}
	if expressions {
		r.each(r.constant)
		return
	}
	r.each(func() { r.u32() })
}

// dataSegment reads one segment of the data section.
func (r *reader) dataSegment() {
	const active, passive, activeElsewhere = 0, 1, 2
	switch r.u32() {
	case active:
		r.constant()
	case passive:
	case activeElsewhere:
		r.u32()
		r.constant()
	default:
		r.fail()
	}
	r.take(r.u32())
}

// named reports whether a custom section is the one that names functions, and
// holds what it promises. Every other custom section is left out of what is
// compiled, since the compiler would read some of them.
func named(content []byte) bool {
	const functions, locals = 1, 2
	r := &reader{src: content}
	if r.name() != "name" {
		return false
	}
	names := func(r *reader) {
		r.each(func() {
			r.u32()
			r.name()
		})
	}
	for len(r.src) > 0 && r.err == nil {
		id := r.byte()
		sub := &reader{src: r.take(r.u32())}
		switch id {
		case functions:
			names(sub)
		case locals:
			sub.each(func() {
				sub.u32()
				names(sub)
			})
		}
		if sub.err != nil {
			return false
		}
	}
	return r.err == nil
}
