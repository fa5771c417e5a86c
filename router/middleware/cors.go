package middleware

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawserve/httpwire"
)

// CORS says which pages of other origins may read answers in a browser. It does
// not protect the server, which answers every other client as before: it relaxes
// a rule that browsers enforce. Its terms are those of the Fetch standard.
//
// Put it around the whole router (Router.Use), so that it sees the preflight
// requests, for which no route is registered, and the error answers, which a
// page could not read otherwise.
type CORS struct {
	// Origins are the origins whose pages may read, such as
	// "https://example.com" or "http://localhost:5173", compared exactly, but
	// for white space around them and the usual port of the scheme. "*" alone
	// means every origin. None means that no page may read.
	Origins []string

	// Methods and Headers are the methods and request fields that a page may
	// use, beyond those that need no permission. Nil means GET, HEAD, POST,
	// PUT, PATCH and DELETE, and the fields that the other packages here read:
	// Content-Type, Authorization, Last-Event-ID, X-Request-Id, Range and the
	// conditions.
	Methods []string
	Headers []string

	// Expose names the response fields that a page may read, beyond those that
	// need no permission. Nil means those that the other packages here send:
	// ETag, Location, Link, X-Request-Id, Retry-After, Allow, Accept-Ranges and
	// Content-Range.
	Expose []string

	// Credentials allows requests with cookies. It cannot go with "*".
	Credentials bool

	// MaxAge is how long a browser may remember a preflight answer, in whole
	// seconds. Zero leaves it to the browser, which remembers for five seconds.
	MaxAge time.Duration
}

// What a page may use and read where CORS does not say. Without the conditions it
// could not make a change depend on the state that it knows, nor without the fields
// of an answer learn that state.
var (
	defaultMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	defaultHeaders = []string{"Content-Type", "Authorization", "Last-Event-ID", "X-Request-Id", "Range", "If-Range",
		"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}
	defaultExpose = []string{"ETag", "Location", "Link", "X-Request-Id", "Retry-After", "Allow", "Accept-Ranges", "Content-Range"}
)

// Handler is the middleware: it returns next with CORS around it. It panics where
// Check fails.
func (c CORS) Handler(next httpwire.Handler) httpwire.Handler {
	origins, err := c.origins()
	if err != nil {
		panic(err)
	}
	c.Origins = origins
	if c.Methods == nil {
		c.Methods = defaultMethods
	}
	if c.Headers == nil {
		c.Headers = defaultHeaders
	}
	if c.Expose == nil {
		c.Expose = defaultExpose
	}
	preflightFields := c.preflightFields()
	return func(w *httpwire.Response, r *httpwire.Request) error {
		origin := single(r.Header, "Origin")
		if !c.everyone() {
			w.BeforeHead(varyByOrigin)
		}
		if isPreflight(r) {
			return c.preflight(w, origin, preflightFields)
		}
		if err := c.share(w, origin); err != nil {
			return err
		}
		return next(w, r)
	}
}

// Check returns an error if an origin is malformed and so would never match, or
// if credentials are allowed to every origin. It is for configuration that comes
// from a user.
func (c CORS) Check() error {
	_, err := c.origins()
	return err
}

// origins returns the origins as browsers write them.
func (c CORS) origins() ([]string, error) {
	if len(c.Origins) == 1 && strings.TrimSpace(c.Origins[0]) == "*" {
		if c.Credentials {
			return nil, errors.New("CORS with credentials needs a list of origins, not *")
		}
		return []string{"*"}, nil
	}
	var normal []string
	for _, text := range c.Origins {
		origin, err := normalOrigin(text)
		if err != nil {
			return nil, err
		}
		normal = append(normal, origin)
	}
	return normal, nil
}

// everyone reports whether all origins may read.
func (c CORS) everyone() bool { return len(c.Origins) == 1 && c.Origins[0] == "*" }

// allows reports whether an origin may read. The comparison is exact: a test of
// the beginning or the end would let https://example.com.evil.example in. The
// opaque origin "null" belongs to nobody in particular, and Check refuses it.
func (c CORS) allows(origin string) bool {
	return c.everyone() || origin != "" && slices.Contains(c.Origins, origin)
}

// isPreflight reports whether a browser asks for permission. An OPTIONS request
// without both fields is an ordinary one, for the router to answer.
func isPreflight(r *httpwire.Request) bool {
	return r.Method == "OPTIONS" && r.Header.Has("Origin") && r.Header.Has("Access-Control-Request-Method")
}

// single returns the value of a field that has exactly one field line, or "". Of
// two, nobody knows which one a cache or a proxy looks at.
func single(h httpwire.Header, name string) string {
	if !h.Has(name) {
		return ""
	}
	if lines := h.Values(name); len(lines) == 1 {
		return lines[0]
	}
	return ""
}

// preflightFields returns the fields of every preflight answer that grants
// permission, whatever was asked for: the lists are short, and an answer that
// does not depend on the question cannot be wrong for another one.
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

// preflight answers a preflight request itself: the request carries no
// credentials, so a handler that checks those would refuse it. Without the allow
// fields a browser takes the answer for a refusal, whatever its status; the
// status and the sentence are for a person who reads the browser's log.
func (c CORS) preflight(w *httpwire.Response, origin string, fields []string) error {
	if !c.allows(origin) {
		return httpwire.Fail(403, "pages of this origin may not read from here")
	}
	if err := c.share(w, origin); err != nil {
		return err
	}
	return w.WriteHead(204, fields...)
}

// varyByOrigin keeps a cache from giving the answer for one origin to another. So
// it is for every answer, even one to a request without an Origin. It runs just
// before the head is sent: if a handler sets a Vary of its own, that replaces
// what was there before. RFC 9110, Section 12.5.5.
func varyByOrigin(w *httpwire.Response) {
	w.Header().Add("Vary", "Origin") // fails only after the head
}

// share sets the fields that let a page of an allowed origin read the answer. If
// all may read, every answer says so, even one to a request without an Origin: a
// cache may give it to a page later.
func (c CORS) share(w *httpwire.Response, origin string) error {
	if !c.allows(origin) {
		return nil
	}
	h := w.Header()
	if c.everyone() {
		origin = "*"
	}
	err := h.Set("Access-Control-Allow-Origin", origin)
	if err == nil && c.Credentials {
		err = h.Set("Access-Control-Allow-Credentials", "true")
	}
	if err == nil && len(c.Expose) > 0 {
		err = h.Set("Access-Control-Expose-Headers", strings.Join(c.Expose, ", "))
	}
	return err
}
