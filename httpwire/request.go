package httpwire

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawserve/httpwire/syntax"
)

// Request is a request whose head has been accepted. Every string it gives out
// may be kept for ever. The Request itself lives as long as the exchange: its
// Body fails once the handler has returned.
type Request struct {
	Method   string      // as sent; case-sensitive
	Target   string      // request-target as sent
	Form     syntax.Form // of the target
	RawPath  string      // path as sent, not decoded; "/" if an absolute-form has none; "" in authority- and asterisk-form
	RawQuery string      // what follows the first "?", as sent
	Host     string      // authority of an absolute- or authority-form target, else the value of Host; "" if neither is there
	Minor    int         // HTTP/1.Minor as sent; every one above 1 is served as 1
	Header   Header
	Body     *Body // never nil

	noCopy   noCopy
	exchange *exchange // nil once the exchange is over
	params   []param
}

// noCopy makes go vet report copies of a struct by value: a copy would keep a way
// into an exchange that is cut only in the original.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// param is a named part of the path that a router has found.
type param struct{ name, value string }

// handles is what a handler can hold on to. It is made anew for each request, in
// one allocation, and its ways into the exchange are cut when the handler has
// returned: who keeps a piece of it for too long can never reach into the next
// exchange.
type handles struct {
	request  Request
	response Response
	header   ResponseHeader
	body     Body
}

// exchange is a request and its response in progress. A connection has one, used
// again for each request.
type exchange struct {
	conn            *Conn
	handles         *handles
	request         *Request // of handles
	response        response
	body            body
	number          int // of the request on the connection
	trailer         Header
	params          []param // storage for those of the request
	handlerReturned bool
	persistent      bool // the client wants the connection kept open
	upgrade         bool // the client offers another protocol
	headLength      int
	method          string // as sent: a handler may change that of the request,
	minor           int    // and this, but not how the answer is framed

	started   time.Time // zero if nobody wants to know
	outBefore int64     // octets the connection had sent or buffered before
	handled   error     // what the handler returned
	afterEnd  []func(Exchange)
	ctx       context.Context
	cancel    context.CancelFunc
}

// newExchange makes a request of the head at the beginning of the window, and
// takes it out of the window.
func (c *Conn) newExchange() *exchange {
	h := c.head.Head()
	x := &c.workspace.exchange
	x.conn, x.number, x.headLength = c, c.requests, c.headLength
	x.persistent, x.upgrade, x.minor = h.Persistent, h.Upgrade, h.Minor
	x.outBefore = c.octetsOut + int64(len(c.out))
	v := new(handles)
	x.handles, x.request = v, &v.request
	v.response, v.header, v.body = Response{response: &x.response}, ResponseHeader{&x.response.header}, Body{&x.body, &v.response.use}
	v.request.set(h, c.in.text(c.headLength, h.Framing.Kind != syntax.NoBody), c.keep(h.Fields))
	x.method = v.request.Method
	v.request.Body, v.request.exchange, v.request.params = &v.body, x, x.params[:0]
	x.body.begin(x, h)
	x.response.begin(x)
	if c.server.OnExchange != nil {
		x.started = time.Now()
	}
	c.writePace = pace{}
	c.writeTimeout = c.server.writeTimeout()
	c.consume(c.headLength)
	return x
}

// set fills in what the head says; text is its octets.
func (r *Request) set(h *syntax.Head, text string, fields []syntax.FieldSpan) {
	r.Method = h.Method.In(text)
	r.Target = h.Target.In(text)
	r.Form = h.Form
	r.Minor = h.Minor
	r.RawPath = h.Path.In(text)
	r.RawQuery = h.Query.In(text)
	r.Host = h.Host.In(text)
	if h.Form == syntax.AbsoluteForm || h.Form == syntax.AuthorityForm {
		r.Host = h.Authority.In(text)
	}
	if h.Form == syntax.AbsoluteForm && r.RawPath == "" {
		r.RawPath = "/"
	}
	r.Header = Header{text, fields}
}

// ours reports whether the exchange still has the connection: it is neither over
// nor has it handed the connection over.
func (x *exchange) ours() bool { return x != nil && x.response.state != handedOver }

// forget empties the exchange for the next one. Storage that no handler can
// reach is kept.
func (x *exchange) forget() {
	v := x.handles
	if v == nil {
		return
	}
	v.request.exchange, v.response.response, v.header.fields, v.body.body = nil, nil, nil, nil
	x.response.dropTrailer()
	params := v.request.params
	v.request.params = nil
	clear(params)
	*x = exchange{
		params:   params[:0],
		response: response{header: fieldLines{lines: recycle(x.response.header.lines)}},
	}
}

// Proto returns the version as sent, for example "HTTP/1.1".
func (r *Request) Proto() string { return "HTTP/1." + strconv.Itoa(r.Minor) }

// Path returns the segments of the path, split first and decoded after, so that
// %2F never separates: "/a%2Fb/c" has the segments "a/b" and "c", and "/" has
// one that is empty. It is nil where the target has no path.
func (r *Request) Path() []string {
	if r.RawPath == "" {
		return nil
	}
	segments := strings.Split(r.RawPath[1:], "/")
	for i, raw := range segments {
		segments[i], _ = DecodeSegment(raw)
	}
	return segments
}

// DecodeSegment decodes the percent-encoded octets of a path segment. It
// reports false, and returns raw, if a percent sign lacks its two digits; the
// parser has refused such a target already.
func DecodeSegment(raw string) (segment string, ok bool) {
	if strings.IndexByte(raw, '%') < 0 {
		return raw, true
	}
	segment, err := url.PathUnescape(raw)
	if err != nil {
		return raw, false
	}
	return segment, true
}

// Query returns the first value of a name in the query, decoded, or "".
func (r *Request) Query(name string) string {
	if values := r.QueryValues(name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// QueryValues returns all values of a name in the query, decoded as a form: a
// plus sign is a space. A pair with a broken escape is kept as sent.
func (r *Request) QueryValues(name string) (values []string) {
	for pair := range strings.SplitSeq(r.RawQuery, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if pair != "" && formDecode(key) == name {
			values = append(values, formDecode(value))
		}
	}
	return values
}

func formDecode(raw string) string {
	if decoded, err := url.QueryUnescape(raw); err == nil {
		return decoded
	}
	return raw
}

// RawHead returns the exact octets of the head, from the method to the empty
// line: case, order and spacing as sent.
func (r *Request) RawHead() string {
	return strings.TrimPrefix(r.Header.text, "\r\n") // an empty line before it was skipped
}

// Trailer returns the fields of the trailer section. It is empty until Body.Read
// has returned io.EOF. They are never merged into Header.
func (r *Request) Trailer() Header {
	if r.exchange == nil {
		return Header{}
	}
	return r.exchange.trailer
}

// Conn returns the connection the request came on, or nil once the exchange is
// over.
func (r *Request) Conn() *Conn {
	if r.exchange == nil {
		return nil
	}
	return r.exchange.conn
}

// Framing returns how the end of the body is found, and why.
func (r *Request) Framing() syntax.Framing {
	if r.exchange == nil {
		return syntax.Framing{}
	}
	return r.exchange.body.framing
}

// Param returns the value of a named part of the path, or "".
func (r *Request) Param(name string) string {
	for i := range r.params {
		if r.params[i].name == name {
			return r.params[i].value
		}
	}
	return ""
}

// SetParam stores the value of a named part of the path. It is for routers.
func (r *Request) SetParam(name, value string) {
	i := slices.IndexFunc(r.params, func(p param) bool { return p.name == name })
	if i >= 0 {
		r.params[i].value = value
		return
	}
	r.params = append(r.params, param{name, value})
}

// Continue tells a client that waits for it to send the body now. Reading the
// body does the same; Continue is for a handler that wants to say so earlier.
// It does nothing if the client does not wait. RFC 9110, Section 10.1.1.
func (r *Request) Continue() error {
	return r.Body.sendContinue()
}

// Context returns a context that is cancelled when the client goes away, when
// the server stops without waiting, and when the exchange is over. A client that
// only closes its sending half looks the same as one that has gone: the context
// is cancelled, but an answer is still delivered.
//
// The client is watched from the end of the request body on, and only if
// somebody has asked for the context. Answers to earlier requests of a burst go
// out first, since whoever asks for a context may wait for long. The first call
// must come from the handler's own goroutine.
func (r *Request) Context() context.Context {
	x := r.exchange
	if x == nil {
		return cancelled
	}
	if x.ctx == nil {
		x.ctx, x.cancel = context.WithCancel(x.conn.server.baseContext())
		if x.ours() {
			x.conn.flush() // an error shows at the next write
			x.watch()
		}
	}
	return x.ctx
}

// cancelled is the context of an exchange that is over.
var cancelled = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
