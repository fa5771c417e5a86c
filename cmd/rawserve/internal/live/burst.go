package live

import (
	"time"

	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/httpwire"
	"rawserve/httpwire/syntax"
)

// capturePerExchange is how many octets of each direction of an exchange are
// kept. What comes after them is counted.
const capturePerExchange = 64 << 10

// burst is what happens on a connection between the first octet of a request
// and the moment when no request is in progress: one exchange, or several that
// were pipelined. It begins at a message boundary in both directions, so it can
// be understood without what came before.
type burst struct {
	conn      uint64
	first     int           // number of its first request
	began     time.Duration // since the recorder started
	pieces    []piece
	in, out   int64 // octets seen
	room      [2]int
	ends      []exchangeEnd
	done      int // how many there are
	decisions []decisionAt
	over      bool   // the connection is idle again, or closed
	closed    string // why the connection closed, if it did
	cost      int
	evicted   bool
}

// piece is one read, one write, or one file sent.
type piece struct {
	kind   pieceKind
	at     time.Duration // since the recorder started
	offset int64         // of its first octet in its direction of the burst
	length int64
	octets []byte // the first of them; immutable
}

// pieceKind says how octets moved.
type pieceKind string

const (
	pieceRead     pieceKind = "read"
	pieceWrite    pieceKind = "write"
	pieceSendfile pieceKind = "sendfile"
)

// exchangeEnd is where an exchange ended in both directions, and how.
type exchangeEnd struct {
	in, out  int64 // offsets after it
	at       time.Duration
	exchange ExchangeInfo
}

// decisionAt is something the server decided, with the request it was about.
type decisionAt struct {
	At     int64  `json:"t"` // microseconds since the recorder started
	Number int    `json:"-"`
	Name   string `json:"name"`
	Value  string `json:"value"`
}

// ExchangeInfo is what the server says about an exchange that is over.
type ExchangeInfo struct {
	Method   string `json:"method,omitempty"`
	Target   string `json:"target,omitempty"` // visible text
	Status   int    `json:"status"`
	In       int64  `json:"in"`  // octets on the wire
	Out      int64  `json:"out"` // octets on the wire
	BodyIn   string `json:"bodyIn,omitempty"`
	BodyOut  string `json:"bodyOut,omitempty"`
	FramedBy string `json:"framedBy,omitempty"` // the rule that decided BodyOut, in words
	Declared bool   `json:"declared,omitempty"` // the handler declared the length in BodyOut
	Reason   string `json:"reason,omitempty"`   // why the connection closes, "" if it is kept open
	Refusal  string `json:"refusal,omitempty"`
	Rule     string `json:"rule,omitempty"` // name of the rule that was broken
	Duration int64  `json:"us"`             // microseconds
}

// directions of a burst.
const (
	inbound = iota
	outbound
)

// direction of a piece.
func (p *piece) direction() int {
	if p.kind == pieceRead {
		return inbound
	}
	return outbound
}

// number returns the number of the request that is in progress.
func (b *burst) number() int { return b.first + b.done }

// late reports whether octets that move now belong to an exchange that is over:
// the end of its answer, or what is discarded after a refusal.
func (b *burst) late(kind pieceKind) bool {
	if len(b.ends) == 0 {
		return false
	}
	last := b.ends[len(b.ends)-1]
	return last.exchange.Reason != "" || kind != pieceRead && b.out < last.out
}

// take adds a piece and returns what it costs. Octets that there is no room
// for are counted only, and so are all once the burst is evicted.
func (b *burst) take(kind pieceKind, at time.Duration, octets []byte, length int64) (cost int) {
	p := piece{kind: kind, at: at, length: length}
	total := &b.in
	if p.direction() == outbound {
		total = &b.out
	}
	p.offset = *total
	*total += length
	if b.evicted {
		return 0
	}
	room := &b.room[p.direction()]
	if keep := min(len(octets), *room, burstOctets-b.cost); keep > 0 {
		*room -= keep
		p.octets = append([]byte(nil), octets[:keep]...)
	}
	if int64(len(p.octets)) < length {
		*room = 0 // no holes: what follows could not be understood
	}
	if len(b.pieces) >= burstPieces {
		return 0
	}
	b.pieces = append(b.pieces, p)
	return pieceCost + len(p.octets)
}

// end adds the end of an exchange. The next one gets room of its own, if it
// begins where octets are kept.
func (b *burst) end(at time.Duration, e httpwire.Exchange, info ExchangeInfo) {
	in, out := e.In, e.Out
	if n := len(b.ends); n > 0 {
		in, out = in+b.ends[n-1].in, out+b.ends[n-1].out
	}
	b.ends = append(b.ends, exchangeEnd{in: in, out: out, at: at, exchange: info})
	b.done++
	b.room = [2]int{capturePerExchange, capturePerExchange}
}

// info describes an exchange for viewers.
func (r *Recorder) info(e httpwire.Exchange) ExchangeInfo {
	line := []byte(e.Method + " " + e.Target)
	if !r.secrets {
		line, _ = mask(line)
	}
	method, target := line[:len(e.Method)], line[len(e.Method)+1:]
	info := ExchangeInfo{
		Method: xray.Visible(clip(method)), Target: xray.Visible(clip(target)), Status: e.Status,
		In: e.In, Out: e.Out, BodyIn: e.BodyIn.String(), BodyOut: e.BodyOut.String(),
		FramedBy: e.BodyOut.Rule.String(), Declared: e.BodyOut.Rule == syntax.LengthDeclared,
		Reason: string(e.Reason), Duration: e.Duration.Microseconds(),
	}
	if refusal := refusalOf(e.Err); refusal != nil {
		info.Refusal, info.Rule = refusal.Rule.Sentence, refusal.Rule.Name
	}
	return info
}

// clip bounds what an event says about a target.
func clip(s []byte) []byte {
	const most = 200
	if len(s) > most {
		return s[:most]
	}
	return s
}

// bounds returns where a request of the burst begins and ends in a direction.
// The one in progress, and the last one, reach to the end of what was seen.
func (b *burst) bounds(number, direction int) (start, end int64) {
	at := func(e exchangeEnd) int64 {
		if direction == inbound {
			return e.in
		}
		return e.out
	}
	i := number - b.first
	if i > 0 {
		start = at(b.ends[i-1])
	}
	end = b.in
	if direction == outbound {
		end = b.out
	}
	if i < len(b.ends) {
		end = at(b.ends[i])
	}
	return start, max(start, end)
}

// assemble returns the octets of a direction from start to end, up to the first
// that is not kept.
func (b *burst) assemble(direction int, start, end int64) []byte {
	var octets []byte
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.direction() != direction || p.offset+p.length <= start {
			continue
		}
		if p.offset >= end || p.offset > start+int64(len(octets)) {
			break
		}
		from := start + int64(len(octets)) - p.offset
		to := min(int64(len(p.octets)), end-p.offset)
		if from < to {
			octets = append(octets, p.octets[from:to]...)
		}
		if to < min(p.length, end-p.offset) {
			break
		}
	}
	return octets
}
