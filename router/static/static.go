// Package static serves the files below a folder.
//
//	root, err := os.OpenRoot("public")
//	rt.Get("/static/*path", static.Handler(root))
//
// Only regular files inside the folder are served, and only those whose whole
// path is visible: no name in it begins with a dot. So there is no .git and no
// .env, and no .well-known either, which deserves a route of its own. Symbolic
// links are followed if what they point to fulfils the same conditions, except
// that they may lead through names that begin with two dots and go on: so the
// files of a Kubernetes ConfigMap are served. Everything else is answered 404,
// however its path is spelled.
//
//	static.go       a request, start to end
//	lookup.go       from a path to an open file
//	validators.go   ETag and Last-Modified of a file
//	identity_*.go   what the system says of a file beyond its size and time
//	byterange.go    Range: which part of a file is sent
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
	"time"

	"rawserve/httpwire"
	"rawserve/router/conditional"
)

// index is the file that stands for a folder.
const index = "index.html"

// errNoTail is a mistake in the program, answered 500 and logged.
var errNoTail = errors.New("static: the pattern of the route does not end in *path")

// Handler returns a handler that serves the files below root to GET and HEAD.
// Its route needs a pattern that ends in "*path"; without one every request is
// answered 500. Other methods are answered 405, and what cannot be served 404.
//
// The query is ignored, and so is a segment of a single dot. A folder is answered with its index.html; a request for
// it without the final slash is redirected to the path with one. Conditional
// requests and a single Range are supported. RFC 9110, Sections 13 and 14.
//
// The handler does not close root, and needs it as long as it serves.
func Handler(root *os.Root) httpwire.Handler { return handlerAt(root, time.Now) }

// handlerAt is Handler with a clock, which says whether a file has settled.
func handlerAt(root *os.Root, now func() time.Time) httpwire.Handler {
	return func(w *httpwire.Response, r *httpwire.Request) error {
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
		f, info, err := lookUp(root, segments)
		switch {
		case err != nil:
			return missing(err)
		case f == nil && folder:
			return missing(fs.ErrNotExist) // a folder called index.html is no index
		case f == nil:
			return redirect(w, r)
		}
		defer f.Close()
		return serve(w, r, f, info, validatorsOf(info, now()))
	}
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

// redirect sends the client to the same path with a slash at its end, so that
// the links in the index are resolved below the folder.
//
// The Location is an absolute path: half of the clients that are no browsers do
// not resolve a relative one. It is made of the raw segments, which have only
// octets that are allowed in a URI, without those of a single dot below the
// prefix of the route.
func redirect(w *httpwire.Response, r *httpwire.Request) error {
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
	return w.WriteHead(301, "Location", sameHost(location.String()))
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
		return w.WriteHead(304, "ETag", v.ETag)
	case 412:
		return httpwire.Fail(412, "the file is not in the state that the request asks for")
	}
	asked := ranged(r, v, info.Size())
	if asked.kind == unsatisfiable {
		p := httpwire.Fail(416, "the file has %d octets", info.Size())
		p.Fields = []string{"Content-Range", asked.contentRange(info.Size())}
		return p
	}
	if err := head(w, r, v, info, asked); err != nil {
		return err
	}
	if asked.kind == whole {
		asked = part{partial, 0, info.Size() - 1}
	}
	return send(w, r, f, asked)
}

// head sets status and fields of an answer that has the file or a part of it.
//
// A client that sent If-Range has the metadata of the file from an earlier
// answer; with a part it gets only the fields that are required.
// RFC 9110, Section 15.3.7.
func head(w *httpwire.Response, r *httpwire.Request, v conditional.Validators, info fs.FileInfo, asked part) error {
	fields := []string{
		"Accept-Ranges", "bytes",
		"X-Content-Type-Options", "nosniff",
	}
	if v.ETag != "" {
		fields = append(fields, "ETag", v.ETag)
	}
	if asked.kind == whole || !r.Header.Has("If-Range") {
		fields = append(fields, "Content-Type", mediaType(info.Name()))
		if !v.Modified.IsZero() {
			fields = append(fields, "Last-Modified", conditional.FormatDate(v.Modified))
		}
	}
	if asked.kind == whole {
		return w.WriteHead(200, fields...)
	}
	return w.WriteHead(206, append(fields, "Content-Range", asked.contentRange(info.Size()))...)
}

// send writes a part of the file, a large one with sendfile where the system has
// it. The length is declared first. So if the file has shrunk meanwhile, the
// client gets an error or sees that the answer is cut off; if it has grown, the
// rest is left out.
func send(w *httpwire.Response, r *httpwire.Request, f *os.File, p part) error {
	w.SetContentLength(p.length())
	if r.Method == "HEAD" || p.length() == 0 {
		return nil
	}
	if p.first > 0 {
		if _, err := f.Seek(p.first, io.SeekStart); err != nil {
			return fmt.Errorf("static: %w", err)
		}
	}
	_, err := w.ReadFrom(&io.LimitedReader{R: f, N: p.length()})
	return err
}
