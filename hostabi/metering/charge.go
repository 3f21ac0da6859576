package metering

// A function is charged at sites. A site is at the beginning of a block of
// instructions that run one after the other; its cost is known when the block has
// been read, and for the head of a function or loop when what is inside has been.
type site struct {
	// at is the position in the code that is written.
	at   int
	cost uint32
	// check says that the rest is looked at here.
	check bool
	// guests is what the head has taken on from blocks that are not its own.
	guests uint32
}

const (
	// A block of at most shortBlock is charged with the head around it, until
	// that has taken on mostGuests. Both keep what is charged and not run small.
	shortBlock, mostGuests = 16, 64
	// A block of longBlock is charged with a look at the rest, and one of
	// longestBlock is cut.
	longBlock, longestBlock = 256, 4096
)

// ledger collects the sites of one function.
type ledger struct {
	sites []site
	// heads are the sites of the function and of the loops that are open.
	heads []int
	// The current block began at start and has cost run so far; own says that it
	// is the one behind the innermost head.
	start int
	run   uint32
	own   bool
}

// begin opens a function or loop, whose instructions begin at at.
func (l *ledger) begin(at int) {
	l.heads = append(l.heads, len(l.sites))
	l.sites = append(l.sites, site{at: at, check: true})
	l.start, l.run, l.own = at, 0, true
}

// end closes the innermost.
func (l *ledger) end() { l.heads = l.heads[:len(l.heads)-1] }

// head returns the innermost.
func (l *ledger) head() *site { return &l.sites[l.heads[len(l.heads)-1]] }

// cut ends the current block; the next begins at at.
func (l *ledger) cut(at int) {
	head := l.head()
	switch {
	case l.run == 0:
	case l.own:
		head.cost += l.run
	case l.run <= shortBlock && head.guests+l.run <= mostGuests:
		head.cost += l.run
		head.guests += l.run
	default:
		l.sites = append(l.sites, site{at: l.start, cost: l.run, check: l.run >= longBlock})
	}
	l.start, l.run, l.own = at, 0, false
}
