package live

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// Recorder watches a server for the live page. While nobody looks, each hook
// costs one atomic load. While somebody does, the octets of bursts are copied
// into a ring, within bounds of memory and of bursts per second; a viewer that
// does not keep up is not waited for, and nothing is copied for it.
type Recorder struct {
	start   string // tells this run of the server from the ones before it
	epoch   time.Time
	secrets bool // show secrets

	demand   atomic.Int32 // 1 while recording is on, and 1 for each burst being captured
	open     atomic.Int64
	recorded atomic.Int64 // exchanges that are over and were told of
	others   atomic.Int64 // the other ones
	tracks   sync.Map     // *httpwire.Conn → *track, of open connections

	mu        sync.Mutex
	recording bool // part of demand
	log       eventLog
	store     store
	allowance allowance
	viewers   map[*viewer]struct{}
	reported  int64 // how many of the other exchanges the viewers have been told of
}

// event is something that happened, as viewers are told. The octets themselves
// are fetched when somebody wants to look at them.
type event struct {
	Seq      uint64        `json:"-"`
	Kind     string        `json:"k"` // hello, conn, read, write, sendfile, state, decision, exchange, close, gap, stats
	Conn     uint64        `json:"c,omitempty"`
	Number   int           `json:"r,omitempty"` // of the request
	At       int64         `json:"t"`           // microseconds since the recorder started
	Octets   int64         `json:"n,omitempty"` // or how many events are missing
	Name     string        `json:"name,omitempty"`
	Value    string        `json:"v,omitempty"`
	Exchange *ExchangeInfo `json:"x,omitempty"`
}

// track is what is known of an open connection. Its burst belongs to the
// connection's goroutine.
type track struct {
	id     uint64
	remote string
	told   bool // viewers may know of it, so they must learn that it closes
	burst  *burst
	opens  []byte // the read that may begin a burst: a copy, which the store accounts for
	length int64
	at     time.Duration
}

// NewRecorder returns a recorder that shows secrets only if told so.
func NewRecorder(secrets bool) *Recorder {
	return &Recorder{
		start: rand.Text()[:12], epoch: time.Now(), secrets: secrets,
		allowance: allowance{left: burstsAtOnce}, viewers: map[*viewer]struct{}{},
	}
}

// Attach sets the hooks of a server that does not serve yet. Hooks that are
// there are called as before.
func (r *Recorder) Attach(s *httpwire.Server) {
	admit, over, closed := s.OnConnection, s.OnExchange, s.OnClose
	s.OnConnection = func(c *httpwire.Conn) error {
		r.opened(c)
		if admit != nil {
			return admit(c)
		}
		return nil
	}
	s.OnExchange = func(e httpwire.Exchange) {
		if over != nil {
			over(e)
		}
		r.exchange(e)
		if e.Reason == httpwire.ReasonHandedOver {
			r.closed(e.Conn, string(e.Reason))
		}
	}
	s.OnClose = func(c *httpwire.Conn, info httpwire.CloseInfo) {
		if closed != nil {
			closed(c, info)
		}
		r.closed(c, string(info.Reason))
	}
	s.Trace = &httpwire.Trace{
		Read: r.read, Write: r.write, Sendfile: r.sendfile, State: r.state, Decision: r.decision,
		Wants: r.captures,
	}
}

// exchanges returns how many exchanges are over.
func (r *Recorder) exchanges() int64 { return r.recorded.Load() + r.others.Load() }

// connections returns the numbers of the open connections.
func (r *Recorder) connections() []uint64 {
	open := []uint64{}
	r.tracks.Range(func(_, t any) bool {
		open = append(open, t.(*track).id)
		return true
	})
	return open
}

// now returns the time since the recorder started.
func (r *Recorder) now() time.Duration { return time.Since(r.epoch) }

// track returns what is known of a connection, or nil.
func (r *Recorder) track(c *httpwire.Conn) *track {
	if t, ok := r.tracks.Load(c); ok {
		return t.(*track)
	}
	return nil
}

// opened is told of a new connection.
func (r *Recorder) opened(c *httpwire.Conn) {
	r.open.Add(1)
	t := &track{id: c.ID(), remote: addressOf(c.RemoteAddr())}
	r.tracks.Store(c, t)
	if r.demand.Load() > 0 {
		t.told = true
		r.tell(event{Kind: "conn", Conn: t.id, Value: t.remote})
	}
}

// captures reports whether a burst of a connection is being captured.
func (r *Recorder) captures(c *httpwire.Conn) bool {
	if r.demand.Load() == 0 {
		return false
	}
	t := r.track(c)
	return t != nil && t.burst != nil
}

// addressOf describes the address of a client.
func addressOf(a net.Addr) string {
	if a == nil || a.String() == "" || a.String() == "@" {
		return "unix socket"
	}
	return a.String()
}

// closed is told of a connection that has ended, or is no longer ours.
func (r *Recorder) closed(c *httpwire.Conn, reason string) {
	value, known := r.tracks.LoadAndDelete(c)
	if !known {
		return
	}
	r.open.Add(-1)
	t := value.(*track)
	r.drop(t)
	if r.demand.Load() == 0 && !t.told {
		return
	}
	if t.burst != nil {
		r.mu.Lock()
		t.burst.closed = reason
		r.mu.Unlock()
	}
	r.finish(t)
	r.tell(event{Kind: "close", Conn: t.id, Number: c.Requests(), Value: reason})
}

// read is told of octets that have arrived. The first of a burst are kept aside
// until the server says that a request has begun: a viewer that comes in the
// middle of a request is shown the next one.
func (r *Recorder) read(c *httpwire.Conn, octets []byte) {
	if r.demand.Load() == 0 {
		return
	}
	t := r.track(c)
	switch {
	case t == nil:
	case t.burst != nil:
		r.take(t, pieceRead, octets, int64(len(octets)))
	default:
		r.keepAside(t, octets)
	}
}

// keepAside keeps the read that may begin a burst, if there is room.
func (r *Recorder) keepAside(t *track, octets []byte) {
	r.drop(t)
	kept := octets[:min(len(octets), capturePerExchange)]
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.store.hold(len(kept)) {
		t.opens, t.length, t.at = bytes.Clone(kept), int64(len(octets)), r.now()
	}
}

// drop forgets the read that was kept aside.
func (r *Recorder) drop(t *track) {
	if t.opens == nil {
		return
	}
	r.mu.Lock()
	r.store.release(len(t.opens))
	r.mu.Unlock()
	t.opens = nil
}

// write is told of octets that have left.
func (r *Recorder) write(c *httpwire.Conn, octets []byte) {
	if r.demand.Load() == 0 {
		return
	}
	if t := r.track(c); t != nil && t.burst != nil {
		r.take(t, pieceWrite, octets, int64(len(octets)))
	}
}

// sendfile is told of octets that have left without being seen.
func (r *Recorder) sendfile(c *httpwire.Conn, n int64) {
	if r.demand.Load() == 0 {
		return
	}
	if t := r.track(c); t != nil && t.burst != nil {
		r.take(t, pieceSendfile, nil, n)
	}
}

// take adds octets to a burst.
func (r *Recorder) take(t *track, kind pieceKind, octets []byte, length int64) {
	at := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	b := t.burst
	number := b.number()
	if b.late(kind) {
		number--
	}
	if cost := b.take(kind, at, octets, length); !b.evicted {
		r.store.charge(b, cost)
	}
	r.append(event{Kind: string(kind), Conn: t.id, Number: number, At: at.Microseconds(), Octets: length})
}

// state is told where a connection is in its life.
func (r *Recorder) state(c *httpwire.Conn, state httpwire.ConnState) {
	if r.demand.Load() == 0 {
		return
	}
	t := r.track(c)
	if t == nil {
		return
	}
	told := t.burst != nil || c.Requests() == 0 // what was not recorded is not told of either
	switch state {
	case httpwire.StateActive:
		r.begin(c, t)
		told = t.burst != nil
	case httpwire.StateIdle:
		r.finish(t)
	}
	r.drop(t)
	if told {
		t.told = true
		r.tell(event{Kind: "state", Conn: t.id, Value: state.String()})
	}
}

// begin starts a burst with the read that was kept aside, unless the viewers
// have had their share.
func (r *Recorder) begin(c *httpwire.Conn, t *track) {
	if len(t.opens) == 0 || t.burst != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.recording || !r.allowance.take(r.now()) {
		return
	}
	b := &burst{conn: t.id, first: c.Requests() + 1, began: t.at, room: [2]int{capturePerExchange, capturePerExchange}}
	t.burst, t.told = b, true
	r.demand.Add(1)
	r.store.add(b)
	r.store.charge(b, b.take(pieceRead, t.at, t.opens, t.length))
	r.append(event{Kind: "read", Conn: t.id, Number: b.first, At: t.at.Microseconds(), Octets: t.length, Value: t.remote})
}

// finish ends the burst of a connection, if it is in one.
func (r *Recorder) finish(t *track) {
	if t.burst == nil {
		return
	}
	r.mu.Lock()
	t.burst.over = true
	t.burst = nil
	r.mu.Unlock()
	r.demand.Add(-1)
}

// decision is told what the server has decided.
func (r *Recorder) decision(c *httpwire.Conn, name httpwire.Decision, value string) {
	if r.demand.Load() == 0 {
		return
	}
	t := r.track(c)
	if t == nil || t.burst == nil {
		return
	}
	at := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	b := t.burst
	number := b.number()
	ends := name == httpwire.DecisionPersistence && value != "keep open" || name == httpwire.DecisionLinger
	if ends && b.in <= endOf(b) {
		number-- // about the exchange that is over
	}
	number = max(number, b.first)
	if !b.evicted && len(b.decisions) < burstPieces {
		b.decisions = append(b.decisions, decisionAt{at.Microseconds(), number, string(name), value})
		r.store.charge(b, pieceCost)
	}
	r.append(event{Kind: "decision", Conn: t.id, Number: number, At: at.Microseconds(), Name: string(name), Value: value})
}

// endOf returns the offset after the last request that is over.
func endOf(b *burst) int64 {
	if n := len(b.ends); n > 0 {
		return b.ends[n-1].in
	}
	return -1
}

// exchange is told of an exchange that is over.
func (r *Recorder) exchange(e httpwire.Exchange) {
	if r.demand.Load() == 0 {
		r.others.Add(1)
		return
	}
	t := r.track(e.Conn)
	if t == nil || t.burst == nil {
		r.others.Add(1)
		return
	}
	r.recorded.Add(1)
	at := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	b := t.burst
	number := b.number()
	info := r.info(e)
	if b.evicted {
		b.done++
	} else {
		b.end(at, e, info)
		r.store.charge(b, burstCost)
	}
	r.append(event{Kind: "exchange", Conn: t.id, Number: number, At: at.Microseconds(), Exchange: &info})
}

// refusalOf returns the refusal in an error, or nil.
func refusalOf(err error) *syntax.Error {
	var refusal *syntax.Error
	if errors.As(err, &refusal) {
		return refusal
	}
	return nil
}

// tell adds an event to the log.
func (r *Recorder) tell(e event) {
	e.At = r.now().Microseconds()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.append(e)
}
