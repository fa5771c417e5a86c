package demo

import (
	"bytes"
	"fmt"
	"time"

	"rawserve/httpwire"
)

// Bounds of what a client can ask for.
const (
	maxWait   = 60_000  // milliseconds
	maxChunks = 100_000 // chunks
	maxOctets = 1 << 30 // octets
)

// slow answers after so many milliseconds. It stops waiting when the client goes
// away, but answers even then: a client that has only closed its sending half
// looks the same and still waits for the answer.
func slow(w *httpwire.Response, r *httpwire.Request) error {
	ms, err := number(r, "ms", 0, maxWait)
	if err != nil {
		return err
	}
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return sendText(w, 200, fmt.Sprintf("This took %d ms.\n", ms))
	case <-r.Context().Done():
		return sendText(w, 200, fmt.Sprintf("This would have taken %d ms, but you hung up or the server stops.\n", ms))
	}
}

// stream answers with n lines, each sent as soon as it is written. If one cannot
// be sent, the client is gone, and the rest is not written.
func stream(w *httpwire.Response, r *httpwire.Request) error {
	n, err := number(r, "n", 0, maxChunks)
	if err != nil {
		return err
	}
	if err := sendText(w, 200, ""); err != nil {
		return err
	}
	for i := range n {
		if _, err := fmt.Fprintf(w, "chunk %d of %d\n", i+1, n); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// pattern is what /bytes repeats. It is long, so that few calls of Write send it;
// it is never modified.
var pattern = bytes.Repeat([]byte("0123456789abcdef"), 4096)

// octets answers with n octets and their length.
func octets(w *httpwire.Response, r *httpwire.Request) error {
	n, err := number(r, "n", 0, maxOctets)
	if err != nil {
		return err
	}
	if err := w.WriteHead(200, "Content-Type", "application/octet-stream", "X-Content-Type-Options", "nosniff"); err != nil {
		return err
	}
	w.SetContentLength(n)
	for n > 0 {
		wrote, err := w.Write(pattern[:min(n, int64(len(pattern)))])
		if err != nil {
			return err
		}
		n -= int64(wrote)
	}
	return nil
}
