package live

import (
	"encoding/base64"
	"iter"
	"slices"
	"strconv"
	"strings"

	"rawserve/cmd/rawserve/internal/lint"
	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire"
)

// exchangeView is one exchange as the page shows it.
type exchangeView struct {
	Conn      uint64         `json:"c"`
	Number    int            `json:"r"`
	First     int            `json:"first"` // number of the first request of its burst
	Last      int            `json:"last"`  // of the last one so far
	Began     int64          `json:"t"`     // microseconds, as those of events
	Ended     int64          `json:"ended,omitempty"`
	Over      bool           `json:"over"` // nothing can be added any more
	Exchange  *ExchangeInfo  `json:"x,omitempty"`
	In        side           `json:"in"`
	Out       side           `json:"out"`
	Blocks    []block        `json:"blocks"`
	Decisions []decisionAt   `json:"decisions"`
	Closed    string         `json:"closed,omitempty"`
	Fixture   string         `json:"fixture,omitempty"`  // the request as a conformance case
	Printf    string         `json:"printf,omitempty"`   // the request as a shell command
	Opinions  []xray.Opinion `json:"opinions,omitempty"` // what others answered to the same fault
	Recorded  string         `json:"recorded,omitempty"` // when they did
}

// side is one direction of an exchange.
type side struct {
	Total    int64          `json:"total"` // octets on the wire
	Octets   string         `json:"octets"`
	Kept     int            `json:"kept"`             // how many octets that is; the rest was not captured
	Masked   bool           `json:"masked,omitempty"` // dots stand for secrets
	Messages []xray.Message `json:"messages"`

	raw   []byte // for parsers, and to be sent again: nothing that is said is taken from it
	shown []byte // the same with dots for secrets
}

// block is one read or write, or what of it belongs to the exchange.
type block struct {
	Kind   pieceKind `json:"k"`
	Index  int       `json:"i"` // among those of its direction, from 1
	At     int64     `json:"t"`
	Length int64     `json:"n"`    // of the whole read or write
	From   int64     `json:"from"` // offset in the side
	To     int64     `json:"to"`
	Before int64     `json:"before,omitempty"` // octets of the exchange before
	After  int64     `json:"after,omitempty"`  // octets of the next exchange, or of nothing
}

// exchange answers with an exchange that has been captured.
func (p *Page) exchange(w *httpwire.Response, r *httpwire.Request) error {
	conn, number, err := asked(r)
	if err != nil {
		return err
	}
	b := p.Recorder.snapshot(conn, number)
	if b == nil {
		return &httpwire.Problem{Status: 404, Detail: "This exchange was not captured, or is no longer kept."}
	}
	return answerJSON(w, 200, p.Recorder.view(b, number))
}

// asked returns which exchange a request is about.
func asked(r *httpwire.Request) (conn uint64, number int, err error) {
	conn, err = strconv.ParseUint(r.Query("c"), 10, 64)
	if err == nil {
		number, err = strconv.Atoi(r.Query("r"))
	}
	if err != nil {
		err = &httpwire.Problem{Status: 400, Detail: "This takes c, a connection, and r, a request."}
	}
	return conn, number, err
}

// snapshot returns a copy of the burst with a request that does not change, or
// nil if there is none.
func (r *Recorder) snapshot(conn uint64, number int) *burst {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.store.find(conn, number)
	if b == nil {
		return nil
	}
	frozen := *b
	frozen.pieces = slices.Clone(b.pieces)
	frozen.ends = slices.Clone(b.ends)
	frozen.decisions = slices.Clone(b.decisions)
	return &frozen
}

// view describes one request of a burst.
func (r *Recorder) view(b *burst, number int) *exchangeView {
	i := number - b.first
	v := &exchangeView{
		Conn: b.conn, Number: number, First: b.first, Last: b.first + max(0, len(b.ends)-1),
		Began: b.began.Microseconds(), Over: b.over, Closed: b.closed,
		Decisions: []decisionAt{}, Blocks: []block{},
	}
	if !b.over && b.in > endOf(b) {
		v.Last = b.number()
	}
	final := i >= len(b.ends)-1 // nothing follows
	if i < len(b.ends) {
		v.Exchange, v.Ended = &b.ends[i].exchange, b.ends[i].at.Microseconds()
	}
	for _, d := range b.decisions {
		if d.Number == number {
			v.Decisions = append(v.Decisions, d)
		}
	}
	v.In = r.side(b, number, inbound, final)
	v.Out = r.side(b, number, outbound, final)
	if !r.secrets {
		v.mask()
	}
	for _, s := range []*side{&v.In, &v.Out} {
		s.Octets = base64.StdEncoding.EncodeToString(s.shown)
	}
	v.dissect(b)
	v.addBlocks(b, inbound, number, final)
	v.addBlocks(b, outbound, number, final)
	slices.SortStableFunc(v.Blocks, func(a, b block) int { return int(a.At - b.At) })
	v.export()
	if v.Exchange != nil && v.Exchange.Rule != "" {
		v.Opinions, v.Recorded = xray.Opinions(v.Exchange.Rule), xray.Recorded().Date
	}
	return v
}

// side collects one direction of a request. Octets that belong to no request can
// follow the last one: those after a refusal.
func (r *Recorder) side(b *burst, number, direction int, final bool) side {
	start, end := b.bounds(number, direction)
	if final && number < b.number() {
		end = b.in
		if direction == outbound {
			end = b.out
		}
	}
	s := side{Total: end - start, Messages: []xray.Message{}}
	s.raw = b.assemble(direction, start, end)
	s.shown = s.raw
	s.Kept = len(s.raw)
	return s
}

// mask puts dots in the place of secrets, before anything is derived from
// the octets.
func (v *exchangeView) mask() {
	v.In.shown, v.In.Masked = mask(v.In.raw)
	shown, again := repeated(v.Out.raw, v.In.raw, v.In.shown)
	v.Out.shown, v.Out.Masked = mask(shown)
	v.Out.Masked = v.Out.Masked || again
}

// dissect says what the octets of both sides mean.
func (v *exchangeView) dissect(b *burst) {
	ended := b.closed != "" && v.In.Total == int64(v.In.Kept)
	in := xray.Dissect(v.In.raw, xray.Options{Type: "request", Cuts: v.cuts(b), Ended: ended, Shown: v.In.shown})
	if len(in) > 1 {
		in = in[:1] // what follows belongs to no request that was answered
	}
	v.In.Messages = append(v.In.Messages, in...)
	method := "GET"
	if v.Exchange != nil {
		method = v.Exchange.Method
	} else if len(in) > 0 {
		method = in[0].Method
	}
	out := xray.Each(v.Out.raw, xray.Options{Type: "response", Methods: []string{method}, Ended: b.closed != "", Shown: v.Out.shown})
	for m := range v.lint(out, in) {
		v.Out.Messages = append(v.Out.Messages, *m)
	}
}

// lint adds to responses what they do not do that the RFC asks of a server. Requests
// and responses must be there from their first octet on.
func (v *exchangeView) lint(out iter.Seq[*xray.Message], in []xray.Message) iter.Seq[*xray.Message] {
	c := lint.Conversation{Responses: v.Out.raw, Requests: v.In.raw}
	if len(in) == 0 {
		return c.Each(out, nil)
	}
	return c.Each(out, func(yield func(*xray.Message) bool) { yield(&in[0]) })
}

// cuts returns where reads ended within the request.
func (v *exchangeView) cuts(b *burst) (cuts []int) {
	start, _ := b.bounds(v.Number, inbound)
	for i := range b.pieces {
		p := &b.pieces[i]
		if cut := p.offset + p.length - start; p.kind == pieceRead && cut > 0 && cut < int64(v.In.Kept) {
			cuts = append(cuts, int(cut))
		}
	}
	return cuts
}

// addBlocks adds the reads or writes that octets of the request came with.
func (v *exchangeView) addBlocks(b *burst, direction, number int, final bool) {
	start, _ := b.bounds(number, direction)
	end := start + v.In.Total
	if direction == outbound {
		end = start + v.Out.Total
	}
	index := 0
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.direction() != direction {
			continue
		}
		index++
		last := p.offset + p.length
		if last <= start || p.offset >= end {
			continue
		}
		v.Blocks = append(v.Blocks, block{
			Kind: p.kind, Index: index, At: p.at.Microseconds(), Length: p.length,
			From: max(p.offset, start) - start, To: min(last, end) - start,
			Before: max(0, start-p.offset), After: max(0, last-end),
		})
	}
}

// export writes the request in the two forms that can be taken elsewhere.
func (v *exchangeView) export() {
	if v.In.Kept == 0 || int64(v.In.Kept) != v.In.Total {
		return
	}
	status := 0
	if v.Exchange != nil {
		status = v.Exchange.Status
	}
	id := "copied-c" + strconv.FormatUint(v.Conn, 10) + "-" + strconv.Itoa(v.Number)
	open := v.Exchange != nil && v.Exchange.Reason == ""
	v.Fixture = fixture(id, v.In.shown, status, open, v.Exchange != nil && strings.EqualFold(v.Exchange.Method, "HEAD"))
	v.Printf = printfCommand(v.In.shown)
}
