// Package static serves the files below a folder.
//
//	root, err := os.OpenRoot("public")
//	rt.Get("/static/*path", static.Handler(root))
//
// Only regular files are served, and only those whose whole path is visible: no
// name that begins with a dot (so no .git, no .env, and no .well-known either,
// which deserves a route of its own), nothing outside of the folder. Links are
// followed as long as both hold for what they point to. Everything else is 404,
// however it is spelled.
//
//	static.go      a request, start to end
//	lookup.go      from a path to an open file
//	byterange.go   Range and If-Range
package static

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
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
// It has to be registered behind a pattern that ends in "*path".
//
// The query is ignored. A folder is answered with its index.html; without its
// final slash it is redirected there. Conditional requests and a single Range
// are understood.
func Handler(root *os.Root) httpwire.Handler {
	return func(w *httpwire.Response, r *httpwire.Request) error {
		if r.Method != "GET" && r.Method != "HEAD" {
			p := httpwire.Fail(405, "files are for GET and HEAD")
			p.Fields = []string{"Allow", "GET, HEAD"}
			return p
		}
		segments := tail(r)
		if segments == nil {
			return errNoTail
		}
		if last := len(segments) - 1; segments[last] == "" {
			segments[last] = index
		}
		f, info, err := lookUp(root, segments)
		switch {
		case err != nil:
			return missing(err)
		case f == nil && strings.HasSuffix(r.RawPath, "/"):
			return missing(fs.ErrNotExist) // a folder called index.html is no index
		case f == nil:
			return redirect(w, r)
		}
		defer f.Close()
		return serve(w, r, f, info)
	}
}

// tail returns the decoded segments that the wildcard took. Its value cannot
// tell "a%2Fb" from "a/b", so it only says how many segments to take from the
// end of the path: each one more makes the text longer by itself and a slash,
// so just one number fits. None does if the pattern has no "*path".
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

// missing returns the answer for what cannot be opened. A client learns nothing
// of the reason, a file it may not see is as good as none. Only when the
// process is out of file descriptors, it may try again.
func missing(err error) error {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return &httpwire.Problem{Status: 503, Err: err, Fields: []string{"Retry-After", "1"}}
	}
	return &httpwire.Problem{Status: 404, Detail: "there is no such file", Err: err}
}

// redirect sends the client to the same folder with a slash behind it, so that
// the links in its index are resolved below it.
//
// The Location is relative, "./name/": whatever the path before it holds, two
// slashes and a host of someone else for example, the client stays where it is.
// The dot keeps a colon in the name from making it a scheme. The raw segment is
// used, since that has only octets that can stand in a URI.
func redirect(w *httpwire.Response, r *httpwire.Request) error {
	name := r.RawPath[strings.LastIndexByte(r.RawPath, '/')+1:]
	location := "./" + name + "/"
	if r.RawQuery != "" {
		location += "?" + r.RawQuery
	}
	return w.WriteHead(301, "Location", location)
}

// serve answers with an open file: conditions first, then the range, then the
// octets. RFC 9110, Section 13.2.2.
func serve(w *httpwire.Response, r *httpwire.Request, f *os.File, info fs.FileInfo) error {
	v := validatorsOf(info, time.Now())
	switch conditional.Evaluate(r, v.etag, v.modified) {
	case 304:
		// Last-Modified would be of no use beside the ETag. RFC 9110,
		// Section 15.4.5.
		return w.WriteHead(304, "ETag", v.etag)
	case 412:
		return httpwire.Fail(412, "the file is another one by now")
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
// A part for a client that proved with If-Range what it has carries no metadata
// beyond what is required: it has that already. RFC 9110, Section 15.3.7.
func head(w *httpwire.Response, r *httpwire.Request, v validators, info fs.FileInfo, asked part) error {
	fields := []string{
		"ETag", v.etag,
		"Accept-Ranges", "bytes",
		"X-Content-Type-Options", "nosniff",
	}
	if asked.kind == whole || !r.Header.Has("If-Range") {
		fields = append(fields,
			"Content-Type", mediaType(info.Name()),
			"Last-Modified", conditional.FormatDate(v.modified))
	}
	if asked.kind == whole {
		return w.WriteHead(200, fields...)
	}
	return w.WriteHead(206, append(fields, "Content-Range", asked.contentRange(info.Size()))...)
}

// send writes a part of the file, a large one by sendfile where the system has
// it. The length is declared first: if the file shrinks meanwhile, the answer is
// an error, or is cut off where everybody can see it; if it grows, the rest is
// left out.
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

// mediaType returns the Content-Type for a file name. The table is fixed:
// package mime reads the files of the machine it runs on, and an answer that
// depends on the machine is no answer. What is not in it is octets, which with
// nosniff no browser runs.
func mediaType(name string) string {
	if t := mediaTypes[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}

var mediaTypes = map[string]string{
	".avif":        "image/avif",
	".css":         "text/css; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".gif":         "image/gif",
	".gz":          "application/gzip",
	".htm":         "text/html; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/vnd.microsoft.icon",
	".jpeg":        "image/jpeg",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".md":          "text/markdown; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".mp3":         "audio/mpeg",
	".mp4":         "video/mp4",
	".ogg":         "audio/ogg",
	".otf":         "font/otf",
	".pdf":         "application/pdf",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".tar":         "application/x-tar",
	".ttf":         "font/ttf",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".wav":         "audio/wav",
	".webm":        "video/webm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff":        "font/woff",
	".woff2":       "font/woff2",
	".xml":         "text/xml; charset=utf-8",
	".zip":         "application/zip",
}

// validators are what tells one state of a file from another.
type validators struct {
	etag     string
	modified time.Time // for Last-Modified: never in the future
	settled  bool      // the file cannot change again without another time
}

// settling is how old a modification must be to be told from the next one by
// its time: longer than a tick of the clock of any file system, FAT's two
// seconds included.
const settling = 2 * time.Second

// validatorsOf makes the validators of a file out of its size and modification
// time.
//
// The entity tag is strong once the file has settled. Before that, a second
// change could leave size and time as they are, and such a tag "MUST" be marked
// as weak (RFC 9110, Section 8.8.3); it turns strong by itself later, and to
// If-None-Match both are the same. The premise is that a file gets the time at
// which it is written. Who gives new data of the same length an old time, with
// touch for example, gives it an old tag.
//
// A time in the future is sent as the present, since Last-Modified "MUST NOT"
// be later than Date. RFC 9110, Section 8.8.2.1.
func validatorsOf(info fs.FileInfo, now time.Time) validators {
	modified := info.ModTime()
	v := validators{
		etag: `"` + strconv.FormatInt(info.Size(), 36) +
			"-" + strconv.FormatUint(uint64(modified.UnixNano()), 36) + `"`,
		modified: modified,
		settled:  now.Sub(modified) > settling,
	}
	if !v.settled {
		v.etag = "W/" + v.etag
	}
	if modified.After(now) {
		v.modified = now
	}
	return v
}
