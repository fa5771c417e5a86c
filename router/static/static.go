// Package static serves the files below a folder.
//
//	folder, err := static.Open("public")
//	rt.Get("/static/*path", folder.Serve)
//	rt.Get("/static", static.AddSlash)
//
// Only regular files inside the folder are served, and only those whose whole
// path is visible: no name in it begins with a dot. So there is no .git and no
// .env, and no .well-known either, which deserves a route of its own. Symbolic
// links are followed if what they point to fulfils the same conditions, except
// that they may lead through names that begin with two dots and go on: so the
// files of a Kubernetes ConfigMap are served. Everything else is answered 404,
// however its path is spelled; why is in the error that the server logs, and no
// client is told.
//
// Every answer says "Cache-Control: no-cache": a cache may keep the file, and asks
// each time whether it is still the one, which is answered 304 by its validators.
// Without the field a browser would keep it for a time that it guesses, and show a
// new page with an old script. Middleware that knows which names change with their
// content can set another one (Response.BeforeHead).
//
//	static.go       a request, start to end
//	folder.go       the folder, found by its name again and again
//	lookup.go       from a path to an open file
//	validators.go   ETag and Last-Modified of a file
//	identity_*.go   what the system says of a file beyond its size and time
//	byterange.go    Range: which part of a file is sent
//	multipart.go    several parts in one answer
//	mediatype.go    Content-Type
//
// If-Match, If-None-Match and the other conditions are evaluated by package
// conditional.
package static

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"rawserve/httpwire"
	"rawserve/router/conditional"
)

// index is the file that stands for a folder.
const index = "index.html"

// revalidate is the Cache-Control of every answer. RFC 9111, Section 5.2.2.4.
const revalidate = "no-cache"

// errNoTail is a mistake in the program, answered 500 and logged.
var errNoTail = errors.New("static: the pattern of the route does not end in *path")

// Serve answers GET and HEAD with the files of the folder. Its route needs a
// pattern that ends in "*path"; without one every request is answered 500. Other
// methods are answered 405, and what cannot be served 404.
//
// The query is ignored, and so is a segment of a single dot. A folder is answered
// with its index.html; a request for it without the final slash is redirected to
// the path with one. Conditional requests and ranges are supported, up to a hundred
// ranges in one request. RFC 9110, Sections 13 and 14.
func (f *Folder) Serve(w *httpwire.Response, r *httpwire.Request) error {
	if r.Method != "GET" && r.Method != "HEAD" {
		p := httpwire.Fail(405, "files are for GET and HEAD")
		p.Fields = []string{"Allow", "GET, HEAD"}
		return p
	}
	segments := withoutDots(tail(r))
	if segments == nil {
		return errNoTail
	}
	last := len(segments) - 1
	folder := segments[last] == ""
	if folder {
		segments[last] = index
	}
	file, info, err := f.lookUp(segments)
	switch {
	case err != nil:
		return missing(err)
	case file == nil && folder:
		return missing(refused(index + " is a folder"))
	case file == nil:
		return AddSlash(w, r)
	}
	defer file.Close()
	return serve(w, r, file, info, validatorsOf(info, f.now()))
}

// tail returns the decoded segments that the wildcard matched, or nil if the
// pattern has no "*path". The value of the wildcard cannot tell "a%2Fb" from
// "a/b", so only its length is used: segments are taken from the end of the path
// until they, with a slash between each two, have that length.
func tail(r *httpwire.Request) []string {
	segments := r.Path()
	left := len(r.Param("path"))
	for i := len(segments) - 1; i >= 0; i-- {
		left -= len(segments[i])
		if left == 0 {
			return segments[i:]
		}
		left-- // the slash
	}
	return nil
}

// withoutDots removes the segments that are a single dot: "./a" is "a", and "a/."
// is "a/". Most clients do so before they ask; apt does not, for a flat repository
// ("deb URL ./"). One dot leads nowhere else, while two would: they are left for
// lookUp to refuse. RFC 3986, Section 5.2.4.
func withoutDots(segments []string) []string {
	if !slices.Contains(segments, ".") {
		return segments
	}
	if last := len(segments) - 1; segments[last] == "." {
		segments = append(segments, "")
	}
	return slices.DeleteFunc(segments, func(s string) bool { return s == "." })
}

// missing returns the answer for what cannot be opened. The client is not told
// the reason: a file that it may not see is as good as none. Only if the process
// is out of file descriptors is it told to try again.
func missing(err error) error {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return &httpwire.Problem{Status: 503, Err: err, Fields: []string{"Retry-After", "1"}}
	}
	return &httpwire.Problem{Status: 404, Detail: "there is no such file", Err: err}
}

// AddSlash is a handler that redirects to the same path with a slash at its end, so
// that the links in the index are resolved below the folder. Serve does so for the
// folders in it; its own path, which "*path" does not match, needs a route.
//
// The Location is an absolute path: half of the clients that are no browsers do
// not resolve a relative one. It is made of the raw segments, which have only
// octets that are allowed in a URI, without those of a single dot below the
// prefix of the route.
func AddSlash(w *httpwire.Response, r *httpwire.Request) error {
	raw, decoded := strings.Split(r.RawPath[1:], "/"), r.Path()
	below := len(decoded) - len(tail(r))
	var location strings.Builder
	for i, segment := range raw {
		if i < below || decoded[i] != "." {
			location.WriteString("/" + segment)
		}
	}
	location.WriteByte('/')
	if r.RawQuery != "" {
		location.WriteString("?" + r.RawQuery)
	}
	return w.WriteHead(301, "Location", sameHost(location.String()), "Cache-Control", revalidate)
}

// sameHost makes a path a reference that stays on this server: two slashes at the
// beginning would be followed by the name of another host. RFC 3986, Section 4.2.
func sameHost(path string) string {
	if strings.HasPrefix(path, "//") {
		return "/." + path
	}
	return path
}

// serve answers with an open file: conditions first, then the range, then the
// octets. RFC 9110, Section 13.2.2.
func serve(w *httpwire.Response, r *httpwire.Request, f *os.File, info fs.FileInfo, v conditional.Validators) error {
	switch conditional.Evaluate(r, v) {
	case 304:
		// Last-Modified adds nothing to the ETag. RFC 9110, Section 15.4.5.
		return w.WriteHead(304, "ETag", v.ETag, "Cache-Control", revalidate)
	case 412:
		return httpwire.Fail(412, "the file is not in the state that the request asks for")
	}
	size, mediaType := info.Size(), mediaType(info.Name())
	asked := selected(r, v, size)
	if asked.kind == unsatisfiable {
		p := httpwire.Fail(416, "the file has %d octets", size)
		p.Fields = []string{"Content-Range", fmt.Sprintf("bytes */%d", size)}
		return p
	}
	a := answerTo(asked, mediaType, size)
	// A client that sent If-Range has the metadata of the file from an earlier
	// answer; with a part it gets only the fields that are required.
	// RFC 9110, Section 15.3.7.
	if a.status == 200 || !r.Header.Has("If-Range") {
		a.fields = append(metadata(mediaType, v), a.fields...)
	}
	if v.ETag != "" {
		a.fields = append(a.fields, "ETag", v.ETag)
	}
	a.fields = append(a.fields, "Cache-Control", revalidate, "Accept-Ranges", "bytes", "X-Content-Type-Options", "nosniff")
	return send(w, r, f, a)
}

// metadata returns the fields that describe the file.
func metadata(mediaType string, v conditional.Validators) []string {
	if v.Modified.IsZero() {
		return []string{"Content-Type", mediaType}
	}
	return []string{"Content-Type", mediaType, "Last-Modified", conditional.FormatDate(v.Modified)}
}

// answer is what is sent of a file.
type answer struct {
	status int
	fields []string // name, value, name, value; the last one with a name counts
	octets octets
}

// octets are what is sent of a file: a span, or several spans with what separates
// them.
type octets interface {
	length() int64
	sendFrom(f *os.File, w *httpwire.Response) error
}

// answerTo returns the answer with what was selected of a file. Where the heads of
// the parts would make it longer than the file, the file is sent instead.
func answerTo(asked selection, mediaType string, size int64) answer {
	if len(asked.spans) == 1 {
		s := asked.spans[0]
		return answer{206, []string{"Content-Range", s.contentRange(size)}, s}
	}
	if len(asked.spans) > 1 {
		if m := newByteranges(asked.spans, mediaType, size); m.length() <= size {
			return answer{206, []string{"Content-Type", m.contentType()}, m}
		}
	}
	return answer{200, nil, span{0, size - 1}}
}

// send sends an answer. The length is declared first. So if the file has shrunk
// meanwhile, the client gets an error or sees that the answer is cut off; if it
// has grown, the rest is left out.
func send(w *httpwire.Response, r *httpwire.Request, f *os.File, a answer) error {
	if err := w.WriteHead(a.status, a.fields...); err != nil {
		return err
	}
	w.SetContentLength(a.octets.length())
	if r.Method == "HEAD" {
		return nil
	}
	return a.octets.sendFrom(f, w)
}

// sendFrom writes the span, a large one with sendfile where the system has it.
func (s span) sendFrom(f *os.File, w *httpwire.Response) error {
	if s.length() == 0 {
		return nil
	}
	if _, err := f.Seek(s.first, io.SeekStart); err != nil {
		return fmt.Errorf("static: %w", err)
	}
	n, err := w.ReadFrom(&io.LimitedReader{R: f, N: s.length()})
	if err == nil && n < s.length() {
		err = httpwire.ErrBodyTooShort // what follows would be taken for octets of this span
	}
	return err
}
