package live

// Everything the recorder keeps is in one of the two bounded structures of this
// file. The oldest goes first.

const (
	logEvents   = 16384   // the latest events, which a viewer can still read, or resume from
	ringOctets  = 8 << 20 // memory for captured octets and what belongs to them, wherever they are held
	asideOctets = 2 << 20 // of it for reads that may begin a burst
	burstOctets = 1 << 20 // of it for one burst
	burstCost   = 512     // what a burst costs in addition to its octets
	pieceCost   = 96      // what a read or write costs in addition to its octets
	burstPieces = 4096    // reads and writes of one burst that are told apart
)

// eventLog holds the latest events. Event number n is the n-th since the start
// of the server, counted from 1.
type eventLog struct {
	events []event
	last   uint64 // number of the latest event
}

// append adds an event and gives it its number.
func (l *eventLog) append(e event) uint64 {
	l.last++
	e.Seq = l.last
	if len(l.events) < logEvents {
		l.events = append(l.events, e)
	} else {
		l.events[(l.last-1)%logEvents] = e
	}
	return l.last
}

// oldest returns the number of the oldest event that is held, or of the next
// one if there is none.
func (l *eventLog) oldest() uint64 { return l.last + 1 - uint64(len(l.events)) }

// since returns at most most events from number from on, and how many between
// from and the first of them are lost.
func (l *eventLog) since(from uint64, most int) (events []event, lost uint64) {
	if oldest := l.oldest(); from < oldest {
		lost = oldest - from
		from = oldest
	}
	for ; from <= l.last && len(events) < most; from++ {
		events = append(events, l.events[(from-1)%logEvents])
	}
	return events, lost
}

// store holds bursts until they cost more than ringOctets, together with the reads
// that connections keep aside. A burst that is evicted while it is being captured
// takes no more octets.
type store struct {
	bursts []*burst // oldest first
	byConn map[uint64][]*burst
	cost   int
	aside  int // part of cost: what connections keep
}

// add makes room for a burst and keeps it.
func (s *store) add(b *burst) {
	if s.byConn == nil {
		s.byConn = map[uint64][]*burst{}
	}
	s.bursts = append(s.bursts, b)
	s.byConn[b.conn] = append(s.byConn[b.conn], b)
	s.charge(b, burstCost)
}

// charge accounts for n more octets of a burst, at the cost of the oldest ones.
func (s *store) charge(b *burst, n int) {
	b.cost += n
	s.cost += n
	s.makeRoom()
}

// hold accounts for n octets that a connection keeps aside, and reports whether
// it may.
func (s *store) hold(n int) bool {
	if s.aside+n > asideOctets {
		return false
	}
	s.aside += n
	s.cost += n
	s.makeRoom()
	return true
}

// release ends what hold began.
func (s *store) release(n int) {
	s.aside -= n
	s.cost -= n
}

// makeRoom evicts bursts until the rest is within its bound.
func (s *store) makeRoom() {
	for s.cost > ringOctets && len(s.bursts) > 0 {
		s.evict()
	}
}

// evict forgets the oldest burst.
func (s *store) evict() {
	b := s.bursts[0]
	s.bursts[0] = nil
	s.bursts = s.bursts[1:]
	s.cost -= b.cost
	b.evicted = true
	b.pieces, b.ends, b.decisions = nil, nil, nil
	if rest := s.byConn[b.conn][1:]; len(rest) > 0 {
		s.byConn[b.conn] = rest // a connection's bursts are evicted in order
	} else {
		delete(s.byConn, b.conn)
	}
}

// find returns the burst with a request of a connection, or nil.
func (s *store) find(conn uint64, number int) *burst {
	bursts := s.byConn[conn]
	for i := len(bursts) - 1; i >= 0; i-- {
		b := bursts[i]
		switch {
		case number < b.first:
			continue
		case number < b.number(), number == b.number() && b.in > endOf(b):
			return b
		}
		return nil
	}
	return nil
}
