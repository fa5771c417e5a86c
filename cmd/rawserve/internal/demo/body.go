package demo

import (
	"crypto/sha256"
	"fmt"
	"io"

	"rawserve/httpwire"
)

// maxUpload is the length of the longest body that /upload accepts, in octets. It
// replaces the limit of the server, which is for bodies that are kept in memory.
const maxUpload = 1 << 30

// maxEcho is the length of the longest body that /echo sends back, in octets,
// unless the server takes less.
const maxEcho = 1 << 20

// echo sends the decoded body back, with the Content-Type that the client gave
// it. It reads the whole body first: one that is broken or too long in its last
// chunk is refused, and not sent back in part; and a client that reads nothing
// before it has sent everything, as most do, is not kept waiting by an answer that
// it does not take. So a body longer than maxEcho is refused, whatever the server
// takes elsewhere: /upload is for those.
//
// Trailer fields are sent back only to a client that accepts them, with
// "TE: trailers": they need chunks, where a Content-Length would do otherwise.
// RFC 9110, Section 6.5.1.
func echo(w *httpwire.Response, r *httpwire.Request) error {
	if err := describe(w, r); err != nil {
		return err
	}
	if limit := r.Body.Limit(); limit < 0 || limit > maxEcho {
		r.Body.SetLimit(maxEcho)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if r.Trailer().Len() > 0 && takesTrailers(r) {
		return echoWithTrailer(w, r, body)
	}
	w.SetContentLength(int64(len(body)))
	_, err = w.Write(body)
	return err
}

// echoWithTrailer sends a whole body in chunks, and the trailer fields after it.
func echoWithTrailer(w *httpwire.Response, r *httpwire.Request, body []byte) error {
	for name, value := range r.Trailer().All() {
		if err := w.Trailer().Add(name, value); err != nil {
			return err
		}
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Flush() // in chunks, even if the body fits the buffer
}

// describe copies the fields that say what the octets of the body are: without
// the content coding, the type alone would be wrong.
func describe(w *httpwire.Response, r *httpwire.Request) error {
	for _, name := range []string{"Content-Type", "Content-Encoding"} {
		for _, value := range r.Header.Values(name) {
			if err := w.Header().Add(name, value); err != nil {
				return err
			}
		}
	}
	return w.Header().Set("X-Content-Type-Options", "nosniff")
}

// takesTrailers reports whether the client accepts a trailer section.
// RFC 9110, Section 10.1.4.
func takesTrailers(r *httpwire.Request) bool {
	for member := range r.Header.List("TE") {
		if member == "trailers" {
			return true
		}
	}
	return false
}

// raw sends the head of the request back as it arrived, with its case, order,
// repetitions and spaces. A field value may hold octets above 127 in any
// encoding; ISO 8859-1 has one character for each octet, so every one is shown.
// message/http would be the exact type, but browsers offer to save that instead
// of showing it.
func raw(w *httpwire.Response, r *httpwire.Request) error {
	head := r.RawHead()
	err := w.WriteHead(200,
		"Content-Type", "text/plain; charset=iso-8859-1",
		"X-Content-Type-Options", "nosniff",
		"Cache-Control", "no-store", // it may hold cookies and passwords
	)
	if err != nil {
		return err
	}
	w.SetContentLength(int64(len(head)))
	_, err = w.WriteString(head)
	return err
}

// upload reads the body as a stream, up to maxUpload, and keeps only its length
// and hash.
func upload(w *httpwire.Response, r *httpwire.Request) error {
	r.Body.SetLimit(maxUpload)
	hash := sha256.New()
	n, err := io.Copy(hash, r.Body)
	if err != nil {
		return err
	}
	if err := w.WriteHead(201, "Content-Type", "application/json", "X-Content-Type-Options", "nosniff"); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "{\"octets\":%d,\"sha256\":\"%x\"}\n", n, hash.Sum(nil))
	return err
}
