package httpwire

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rawserve/httpwire/syntax"
)

// Request is a request whose head has been accepted. Every string it gives out
// may be kept for ever. The Request itself lives until the handler returns: from
// then on its Body fails, and its methods return zero values.
type Request struct {
	Method string      // as sent; case-sensitive
	Target string      // request-target as sent
	Form   syntax.Form // of the target

	// RawPath is the path as sent, not decoded: "/" if an absolute-form has
	// none, "" in authority- and asterisk-form.
	RawPath string

	// RawQuery is what follows the first "?" of the target, as sent.
	RawQuery string

	// Host is the authority of an absolute- or authority-form target, else
	// the value of the Host field; "" if neither is there.
	Host string

	// Minor is that of HTTP/1.Minor as sent. Every one above 1 is served as 1.
	Minor int

	Header Header
	Body   *Body // never nil

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

// detach makes the request lead nowhere, and returns the room of its parameters.
func (r *Request) detach() []param {
	params := r.params
	r.exchange, r.params = nil, nil
	clear(params)
	return params[:0]
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
	if body := r.Body.body; body != nil {
		return body.trailer
	}
	return Header{}
}

// Conn returns the connection the request came on, or nil once the exchange is
// over.
func (r *Request) Conn() *Conn {
	if r.exchange == nil {
		return nil
	}
	return r.exchange.conn()
}

// Framing returns how the end of the body is found, and why.
func (r *Request) Framing() syntax.Framing {
	if body := r.Body.body; body != nil {
		return body.framing
	}
	return syntax.Framing{}
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
	if r.exchange == nil {
		return cancelled
	}
	return r.exchange.context()
}

// cancelled is the context of an exchange that is over.
var cancelled = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
