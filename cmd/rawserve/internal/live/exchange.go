package live

import (
	"encoding/base64"
	"iter"
	"slices"
	"strconv"
	"time"

	"rawserve/cmd/rawserve/internal/lint"
	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire"
)

// exchangeView is one exchange as the page shows it.
type exchangeView struct {
	Conn      uint64         `json:"c"` // 0 is the example
	Number    int            `json:"r"`
	First     int            `json:"first"` // number of the first request of its burst
	Last      int            `json:"last"`  // of the last one so far
	When      string         `json:"when"`  // date and time of its first octet
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
	Carried   bool           `json:"carried,omitempty"`  // it came with a link: another server has recorded it
	Secrets   bool           `json:"secrets,omitempty"`  // they are shown

	Broken string              `json:"broken,omitempty"` // the sentence of the RFC that the request breaks
	Code   *snippet            `json:"code,omitempty"`   // of the server, which refuses it
	Says   map[string][]string `json:"says,omitempty"`   // the sentences of each section that is referred to
}

// side is one direction of an exchange.
type side struct {
	Total    int64          `json:"total"` // octets on the wire
	Octets   string         `json:"octets"`
	Kept     int            `json:"kept"`             // how many octets that is; the rest was not captured
	Masked   []extent       `json:"masked,omitempty"` // where dots stand for secrets
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
	v, err := p.asked(r)
	if err != nil {
		return err
	}
	return answerJSON(w, 200, v)
}

// asked returns the exchange that a request is about.
func (p *Page) asked(r *httpwire.Request) (*exchangeView, error) {
	conn, err := strconv.ParseUint(r.Query("c"), 10, 64)
	number := 0
	if err == nil {
		number, err = strconv.Atoi(r.Query("r"))
	}
	if err != nil {
		return nil, &httpwire.Problem{Status: 400, Detail: "This takes c, a connection, and r, a request."}
	}
	return p.find(conn, number)
}

// find returns an exchange that has been captured, or the example.
func (p *Page) find(conn uint64, number int) (*exchangeView, error) {
	if conn == 0 && number == 1 {
		return p.example(), nil
	}
	b := p.Recorder.snapshot(conn, number)
	if b == nil {
		return nil, &httpwire.Problem{Status: 404, Detail: "This exchange was not captured, or is no longer kept."}
	}
	return p.Recorder.view(b, number), nil
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
		When:  r.epoch.Add(b.began).UTC().Format(time.RFC3339Nano),
		Began: b.began.Microseconds(), Over: b.over, Closed: b.closed, Secrets: r.secrets,
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
	v.addBlocks(b, inbound, number)
	v.addBlocks(b, outbound, number)
	slices.SortStableFunc(v.Blocks, func(a, b block) int { return int(a.At - b.At) })
	v.explain()
	return v
}

// explain says everything that follows from the octets and the blocks.
func (v *exchangeView) explain() {
	if !v.Secrets {
		v.mask()
	}
	for _, s := range []*side{&v.In, &v.Out} {
		s.Octets = base64.StdEncoding.EncodeToString(s.shown)
	}
	v.dissect()
	v.cite()
	v.export()
	if v.Exchange != nil && v.Exchange.Rule != "" {
		v.Opinions, v.Recorded = xray.Opinions(v.Exchange.Rule), xray.Recorded().Date
	}
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
	v.Out.Masked = merged(append(again, v.Out.Masked...))
}

// dissect says what the octets of both sides mean.
func (v *exchangeView) dissect() {
	in := v.dissectRequest(v.cuts(), false)
	if len(in) > 1 {
		in = in[:1] // what follows belongs to no request that was answered
	}
	v.In.Messages = append(v.In.Messages, in...)
	method := "GET"
	if v.Exchange != nil && v.Exchange.Method != "" {
		method = v.Exchange.Method
	} else if len(in) > 0 {
		method = in[0].Method
	}
	out := xray.Each(v.Out.raw, xray.Options{Type: "response", Methods: []string{method}, Ended: v.Closed != "", Shown: v.Out.shown})
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

// dissectRequest says what the octets of the request mean if they are read up to
// each of the cuts.
func (v *exchangeView) dissectRequest(cuts []int, steps bool) []xray.Message {
	ended := v.Closed != "" && v.In.Total == int64(v.In.Kept)
	return xray.Dissect(v.In.raw, xray.Options{Type: "request", Cuts: cuts, Steps: steps, Ended: ended, Shown: v.In.shown})
}

// cuts returns where reads ended within the request.
func (v *exchangeView) cuts() (cuts []int) {
	for i := range v.Blocks {
		if b := &v.Blocks[i]; b.Kind == pieceRead && b.To > 0 && b.To < int64(v.In.Kept) {
			cuts = append(cuts, int(b.To))
		}
	}
	return cuts
}

// addBlocks adds the reads or writes that octets of the request came with.
func (v *exchangeView) addBlocks(b *burst, direction, number int) {
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
	v.Fixture = v.fixture()
	v.Printf = printfCommand(v.In.shown)
}
