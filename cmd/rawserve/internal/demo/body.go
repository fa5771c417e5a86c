package demo

import (
	"crypto/sha256"
	"fmt"
	"io"

	"rawserve/httpwire"
)

// maxUpload is how long a body /upload takes, in octets. It replaces the limit
// of the server, which is for bodies that are kept in memory.
const maxUpload = 1 << 30

// echoWhole is how many octets of a body /echo takes in before it answers: all
// of what the server accepts unless told otherwise, so that a body which turns
// out to be broken or too long in its last chunk is refused, not half echoed.
const echoWhole = 1 << 20

// echo sends the decoded body back, and calls it what the client called it. What
// is longer than echoWhole is sent as it arrives, in chunks if its length is not
// known.
//
// Trailer fields go back only to a client that says it takes them, with
// "TE: trailers": they would force an answer into chunks that needs none.
// RFC 9110, Section 6.5.1.
func echo(w *httpwire.Response, r *httpwire.Request) error {
	if err := describe(w, r); err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, echoWhole+1))
	if err != nil {
		return err
	}
	if len(body) <= echoWhole && r.Trailer().Len() > 0 && takesTrailers(r) {
		return echoWithTrailer(w, r, body)
	}
	if len(body) <= echoWhole {
		w.SetContentLength(int64(len(body)))
	} else if size := r.Body.Size(); size >= 0 {
		w.SetContentLength(size)
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	_, err = io.Copy(w, r.Body)
	return err
}

// echoWithTrailer sends a whole body in chunks, and the trailer fields behind it.
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

// describe gives the response the fields that say what the octets of the
// request's body are: without its coding the type alone would be wrong.
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

// takesTrailers reports whether the client will look at a trailer section.
// RFC 9110, Section 10.1.4.
func takesTrailers(r *httpwire.Request) bool {
	for member := range r.Header.List("TE") {
		if member == "trailers" {
			return true
		}
	}
	return false
}

// raw sends the head of the request back as it arrived: case, order, repetition
// and spacing included. Field values may hold any octet above 127, in no
// encoding that is known; ISO 8859-1 has one character for each octet, so what
// is shown is what came. message/http would be the exact type, but browsers
// offer to save it instead of showing it.
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

// upload reads the body as a stream, however long it is, and keeps nothing of
// it but its length and hash.
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
