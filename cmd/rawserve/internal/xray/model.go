package xray

import "strings"

// Options say how octets are to be read. The zero value is right for a captured
// stream in either direction.
type Options struct {
	Type string // "request" or "response": all messages are; "" tells by their first octets

	// Cuts are the offsets at which reads ended, ascending. The verdict does not
	// depend on them. Nil means that all octets came with one read.
	Cuts []int

	// Methods are those of the requests that responses answer, in order. Nil takes
	// them from the requests that stand among the responses; without those an answer
	// to HEAD is taken for one to GET.
	Methods []string

	// Shown are the octets to show in the place of the input: as many, with dots for
	// what nobody should see. Only the parser gets the input itself; every text, name
	// and quotation is taken from these. Nil shows the input.
	Shown []byte

	Secure bool // the connection is TLS
	Steps  bool // record in Message.Steps what each read led to
	Ended  bool // the sender has closed: what is missing will never come
}

// Message is a request or a response, dissected. This and the types below are
// the JSON schema of "rawserve explain -json" and of the live page: members may
// be added, none changes its meaning.
//
// Offsets count from the first octet of the input, so that the messages of a
// pipelined stream need no arithmetic. The one exception is Verdict.Offset.
type Message struct {
	Type   string `json:"type"`   // "request", "response", or "frame" of a WebSocket
	Number int    `json:"number"` // in the input, from 1
	Offset int    `json:"offset"` // of its first octet
	Length int    `json:"length"` // octets that its spans cover
	Head   int    `json:"head"`   // octets of the head, 0 until it is whole
	Body   int64  `json:"body"`   // octets of content, its framing taken away, so far

	Method string `json:"method,omitempty"` // of a request
	Target string `json:"target,omitempty"` // visible text
	Form   string `json:"form,omitempty"`   // of the target: "origin-form"
	Host   string `json:"host,omitempty"`   // visible text of the authority asked for
	Status int    `json:"status,omitempty"` // of a response

	Spans      []Span    `json:"spans"`
	Framing    *Decision `json:"framing,omitempty"`    // how the body's end is found; nil until the head is whole
	Connection *Decision `json:"connection,omitempty"` // whether it stays open, and why
	Effects    []string  `json:"effects,omitempty"`    // what else follows from this message
	Verdict    Verdict   `json:"verdict"`
	Hidden     *Hidden   `json:"hidden,omitempty"`   // of an accepted request
	Findings   []Finding `json:"findings,omitempty"` // of a response that package lint has looked at
	Steps      []Step    `json:"steps,omitempty"`    // only if asked for
}

// End returns the offset after the message.
func (m *Message) End() int { return m.Offset + m.Length }

// Span is a run of octets with one meaning.
type Span struct {
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	Kind   Kind   `json:"kind"`
	Part   string `json:"part"`             // which line or chunk it belongs to: "field line 2", "chunk 1"
	Text   string `json:"text"`             // visible text of at most TextOctets octets
	Octets []byte `json:"-"`                // aliases the input, or Options.Shown
	Partly bool   `json:"partly,omitempty"` // its rest has not arrived
	Note   string `json:"note,omitempty"`   // what it is, in words
	Ref    string `json:"ref,omitempty"`    // where that is written: "9112 §5.1"; see Link
	Effect string `json:"effect,omitempty"` // what follows from it
	Seen   *Seen  `json:"seen,omitempty"`   // what handlers elsewhere get of it; what an accepted request used only
}

// End returns the offset after the span.
func (s *Span) End() int { return s.Offset + s.Length }

// Kind says what a span is. Those of accepted octets are the names of
// syntax.SpanKind; responses and octets that were not accepted add some.
type Kind string

// All kinds. Letter gives each a sign, so that colour is never the only one.
const (
	KindEmptyLine     Kind = "empty line"
	KindMethod        Kind = "method"
	KindSpace         Kind = "space"
	KindTarget        Kind = "target"
	KindVersion       Kind = "version"
	KindLineEnd       Kind = "line end"
	KindFieldName     Kind = "field name"
	KindColon         Kind = "colon"
	KindFieldValue    Kind = "field value"
	KindTrailingSpace Kind = "trailing space"
	KindChunkSize     Kind = "chunk size"
	KindChunkExt      Kind = "chunk extension"
	KindChunkData     Kind = "chunk data"
	KindChunks        Kind = "chunks" // whole chunks, of which there are too many to show each
	KindTrailerName   Kind = "trailer name"
	KindTrailerValue  Kind = "trailer value"
	KindBody          Kind = "body"
	KindStatus        Kind = "status code"   // of a response
	KindReason        Kind = "reason phrase" // of a response
	KindFrameType     Kind = "frame type"    // of a WebSocket frame: FIN and opcode
	KindFrameLength   Kind = "frame length"  // MASK and payload length
	KindMaskingKey    Kind = "masking key"   // of a client's frame
	KindError         Kind = "error"         // the octet at which a line was refused
	KindUnread        Kind = "unread"        // after a refusal, or after the last message: discarded, and the connection closes
)

// Decision is one of the three questions each message answers: how long is the
// body, what becomes of the connection, is it acceptable.
type Decision struct {
	Value  string `json:"value"`          // "none", "length 5", "chunked", "until close"; "stays open", "closes"
	Reason string `json:"reason"`         // which octets decided
	Ref    string `json:"ref,omitempty"`  // "9112 §6.3 rule 7"
	Spans  []int  `json:"spans,omitzero"` // indices of the spans that decided
}

// Outcome is what a parser says about the octets it has.
type Outcome string

// The outcomes.
const (
	Accept   Outcome = "accept"
	Reject   Outcome = "reject"
	NeedMore Outcome = "need more"
)

// Verdict is what the server makes of a message.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	Used    int     `json:"used"` // octets of the message that were used

	Offset int64       `json:"offset"`           // Reject: of the octet at fault, from the first of the message, as in the answer
	At     int         `json:"at"`               // Reject: the same from the first octet of the input
	Status int         `json:"status,omitempty"` // Reject: of the answer; 0 for a response
	Broken *BrokenRule `json:"broken,omitempty"` // Reject

	Readings []string `json:"readings,omitempty"` // Reject: how other readers could take these octets, where they can differ

	Missing string `json:"missing,omitempty"` // NeedMore: what must still come
	Timer   string `json:"timer,omitempty"`   // NeedMore: how long the server waits for it

	Sends string `json:"sends,omitempty"` // what the server answers, where the message alone decides that
}

// BrokenRule is a row of the server's catalog, with what helps to understand it.
type BrokenRule struct {
	Name     string `json:"name"`              // "BothLengths"
	ID       string `json:"id,omitempty"`      // "rfc9112-6.1-12"
	Level    string `json:"level,omitempty"`   // MUST, SHOULD or MAY, where a fixture says so
	Ref      string `json:"ref"`               // "9112 §6.1"
	Sentence string `json:"sentence"`          // what is wrong
	Hint     string `json:"hint,omitempty"`    // what the sender can do
	Why      string `json:"why,omitempty"`     // why anybody cares, in plain words
	Source   string `json:"source,omitempty"`  // where the server decides it: "httpwire/framing.go"
	Fixture  string `json:"fixture,omitempty"` // id of a conformance case that breaks it

	Opinions []Opinion `json:"opinions,omitempty"` // what others answered to that case; only if asked for
}

// Finding is something that the RFC asks of a server and a response does not do,
// though it can be read. Package lint makes them.
type Finding struct {
	Name     string `json:"name"`           // "LengthWithoutContent"
	Offset   int    `json:"offset"`         // of the octets at fault, from the first of the input; of the status code where something is missing
	ID       string `json:"id"`             // "rfc9110-8.6-05"; a section alone where no key word is: "rfc9110-15"
	Level    string `json:"level"`          // MUST, MUST NOT, SHOULD, SHOULD NOT; "invalid" where the RFC says what is valid without a key word
	Ref      string `json:"ref"`            // "9110 §8.6"
	Sentence string `json:"sentence"`       // what is wrong
	Says     string `json:"says"`           // the sentence of the RFC
	Hint     string `json:"hint,omitempty"` // what the server can do
}

// Must reports whether the response is in error. Otherwise there can be reasons.
func (f *Finding) Must() bool { return !strings.HasPrefix(f.Level, "SHOULD") }

// Step is what one read led to.
type Step struct {
	End      int    `json:"end"`      // offset after the octets that had arrived
	Expects  string `json:"expects"`  // what the parser looked for: "request-line", "field line", "chunk data" …
	Buffered int    `json:"buffered"` // octets of the message that have arrived and are not used yet
	Result   string `json:"result"`   // "need more", "12 consumed", "400 at octet 43" of the input
}

// Seen says what becomes of a span before a handler of another stack runs.
type Seen struct {
	Go   View `json:"go"`   // net/http
	Node View `json:"node"` // createServer
}

// View is what one stack makes of a span.
type View struct {
	Fate  Fate   `json:"fate"`
	Where string `json:"where,omitempty"` // where a handler finds it: "r.Header", or what became of it
}

// Fate is what becomes of octets.
type Fate string

// The fates. Only octets that are Kept reach a handler as they were sent.
const (
	Kept    Fate = "kept"
	Changed Fate = "changed"
	Dropped Fate = "dropped"
)

// Hidden counts what does not reach a handler as it was sent, in octets.
type Hidden struct {
	Octets int `json:"octets"` // of the message
	Go     int `json:"go"`     // of them hidden by net/http
	Node   int `json:"node"`   // of them hidden by Node

	GoRefuses   string `json:"go_refuses,omitempty"`   // why net/http would not accept the request at all
	NodeRefuses string `json:"node_refuses,omitempty"` // why Node would not
}
