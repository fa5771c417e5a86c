package middleware

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawserve/httpwire"
)

// CORS says which pages of other origins may read answers with a browser. It is
// no protection of the server, which answers everyone else as before: it relaxes
// a rule that browsers keep. Its terms are those of the Fetch standard.
//
// Put it in front of the router (Router.Use), so that it sees the preflight
// requests, which no route is registered for, and the error answers, which a
// page cannot read otherwise.
type CORS struct {
	// Origins are the origins that may read, such as "https://example.com" or
	// "http://localhost:5173", compared exactly. "*" alone means all of them.
	Origins []string

	// Methods and Headers are what a page may use beyond what every form can
	// send. Nil means GET, HEAD, POST, PUT, PATCH and DELETE; and Content-Type.
	Methods []string
	Headers []string

	// Expose names the response fields a page may read beyond the basic ones.
	Expose []string

	// Credentials allows requests with cookies. It cannot go with "*".
	Credentials bool

	// MaxAge is for how long a browser may remember a preflight answer, in
	// whole seconds. Zero leaves it to the browser: five seconds.
	MaxAge time.Duration
}

// Handler returns the middleware. It panics if an origin is not one, since that
// would never match, or if credentials are allowed to everyone.
func (c CORS) Handler(next httpwire.Handler) httpwire.Handler {
	if err := c.Check(); err != nil {
		panic(err)
	}
	if c.Methods == nil {
		c.Methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	}
	if c.Headers == nil {
		c.Headers = []string{"Content-Type"}
	}
	preflightFields := c.preflightFields()
	return func(w *httpwire.Response, r *httpwire.Request) error {
		origin := single(r.Header, "Origin")
		if isPreflight(r) {
			return c.preflight(w, origin, preflightFields)
		}
		if err := c.share(w, origin); err != nil {
			return err
		}
		return next(w, r)
	}
}

// Check reports whether the configuration contradicts itself or names something
// that is no origin. It is for configuration that comes from a user; Handler
// panics where Check fails.
func (c CORS) Check() error {
	if c.everyone() && c.Credentials {
		return errors.New("CORS with credentials needs a list of origins, not *")
	}
	for _, origin := range c.Origins {
		if !c.everyone() && !isOrigin(origin) {
			return fmt.Errorf("%q is not an origin such as https://example.com: "+
				"scheme and host in lower case, the port if it is not the usual one, nothing behind it", origin)
		}
	}
	return nil
}

// isOrigin reports whether text is an origin as browsers write it.
func isOrigin(text string) bool {
	scheme, host, ok := strings.Cut(text, "://")
	return ok && scheme != "" && host != "" &&
		!strings.ContainsAny(host, "/?#@*\\ ") && strings.ToLower(text) == text
}

// everyone reports whether all origins may read.
func (c CORS) everyone() bool { return len(c.Origins) == 1 && c.Origins[0] == "*" }

// allows reports whether an origin may read. The comparison is exact: a test of
// the beginning or the end would let https://example.com.evil.example in. The
// opaque origin "null" is nobody's and so never listed.
func (c CORS) allows(origin string) bool {
	return origin != "" && (c.everyone() || slices.Contains(c.Origins, origin))
}

// isPreflight reports whether a browser asks for permission. An OPTIONS request
// without both fields is an ordinary one and belongs to the router.
func isPreflight(r *httpwire.Request) bool {
	return r.Method == "OPTIONS" && r.Header.Has("Origin") && r.Header.Has("Access-Control-Request-Method")
}

// single returns the value of a field that is there exactly once. Two Origin
// fields are no origin: which of them a cache or a proxy looks at is unknown.
func single(h httpwire.Header, name string) string {
	if !h.Has(name) {
		return ""
	}
	if lines := h.Values(name); len(lines) == 1 {
		return lines[0]
	}
	return ""
}

// preflightFields returns what every granted preflight is told, whatever it
// asks for: the lists are short, and an answer that does not depend on the
// question cannot be wrong for another one.
func (c CORS) preflightFields() []string {
	fields := []string{
		"Access-Control-Allow-Methods", strings.Join(c.Methods, ", "),
		"Access-Control-Allow-Headers", strings.Join(c.Headers, ", "),
	}
	if c.MaxAge > 0 {
		seconds := int64(c.MaxAge / time.Second)
		fields = append(fields, "Access-Control-Max-Age", strconv.FormatInt(seconds, 10))
	}
	return fields
}

// preflight answers a preflight request itself: it carries no credentials, so
// whatever checks those behind this middleware would refuse it. A refused one
// gets no allow fields, which is all that a browser looks at; the status and
// the sentence are for the person who looks at the browser.
func (c CORS) preflight(w *httpwire.Response, origin string, fields []string) error {
	if !c.allows(origin) {
		p := httpwire.Fail(403, "pages of this origin may not read from here")
		p.Fields = []string{"Vary", "Origin"}
		return p
	}
	if err := c.share(w, origin); err != nil {
		return err
	}
	return w.WriteHead(204, fields...)
}

// share sets the fields that let a page of an allowed origin read the answer.
// Vary is set whether or not there is an Origin, allowed or not: a cache that
// keeps the answer for one of them must not give it to another.
func (c CORS) share(w *httpwire.Response, origin string) error {
	h := w.Header()
	if c.everyone() {
		return c.allow(h, "*", origin)
	}
	if err := h.Add("Vary", "Origin"); err != nil {
		return err
	}
	return c.allow(h, origin, origin)
}

// allow names the origin in the answer, if it may read.
func (c CORS) allow(h *httpwire.ResponseHeader, named, origin string) error {
	if !c.allows(origin) {
		return nil
	}
	err := h.Set("Access-Control-Allow-Origin", named)
	if err == nil && c.Credentials {
		err = h.Set("Access-Control-Allow-Credentials", "true")
	}
	if err == nil && len(c.Expose) > 0 {
		err = h.Set("Access-Control-Expose-Headers", strings.Join(c.Expose, ", "))
	}
	return err
}
