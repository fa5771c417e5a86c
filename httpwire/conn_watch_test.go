package httpwire

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
)

// TestTCPContext: the context ends when the client goes away, not because octets
// of the next request arrive; those are answered afterwards.
func TestTCPContext(t *testing.T) {
	reached, proceed := make(chan context.Context), make(chan bool)
	h := listen(t, &Server{Handler: func(w *Response, r *Request) error {
		if r.Target == "/wait" {
			reached <- r.Context()
			<-proceed
		}
		return hello(w, r)
	}})
	t.Run("octets_follow", func(t *testing.T) {
		c := h.dial()
		c.send(get("/1") + get("/wait") + get("/3")[:9])
		ctx := <-reached
		c.expect("200 length 4 1 /1") // leaves before the handler waits
		c.send(get("/3")[9:] + get("/4"))
		c.expectSent()
		checkError(t, "context", ctx.Err(), nil)
		proceed <- true
		c.expect("200 length 7 2 /wait")
		c.expect("200 length 4 3 /3")
		c.expect("200 length 4 4 /4")
	})
	t.Run("gone", func(t *testing.T) {
		c := h.dial()
		c.send(get("/wait") + "more")
		ctx := <-reached
		c.reset()
		<-ctx.Done()
		proceed <- true
	})
	t.Run("half_closed", func(t *testing.T) {
		c := h.dial()
		c.send(get("/wait"))
		ctx := <-reached
		c.closeWrite()
		<-ctx.Done()
		proceed <- true
		c.expect("200 length 7 1 /wait")
		c.expectClosed(ReasonClientClosed)
	})
}

// TestContextAndManyOctets: more octets than the server has room for do not look
// like a client that has gone, and none of them is lost.
func TestContextAndManyOctets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const requests = 5000
		c := dial(t, &Server{Handler: func(w *Response, r *Request) error {
			if r.Target == "/wait" {
				ctx := r.Context()
				synctest.Wait() // the room is full
				checkError(t, "context", ctx.Err(), nil)
			}
			return nil
		}})
		c.send(get("/wait") + strings.Repeat(get("/"), requests) + getAndClose("/"))
		for range requests + 1 {
			c.expect("200 length 0", "!Connection")
		}
		c.expect("200 length 0", "Connection: close")
		c.expectClosed(ReasonRequested)
	})
}

// readsPieceByPiece reads the body in pieces that never pass the buffer by, and
// answers when the client has gone.
func readsPieceByPiece(w *Response, r *Request) error {
	piece := make([]byte, 1000)
	for {
		if _, err := r.Body.Read(piece); err == io.EOF {
			return waits(w, r)
		} else if err != nil {
			return err
		}
	}
}

// TestWatcherAfterAFullBuffer: what the watcher reads after a body whose last
// read filled the buffer to the last octet is the next request, still.
func TestWatcherAfterAFullBuffer(t *testing.T) {
	for size := 512; size <= 64<<10; size *= 2 { // one of them is that of the buffer
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			body := strings.Repeat("x", size)
			head, _ := strings.CutSuffix(post("/1", body), body)
			stream := io.MultiReader(strings.NewReader(head), strings.NewReader(body), strings.NewReader(get("/2")))
			answers, err := readAnswers(replay(&Server{Handler: readsPieceByPiece}, stream))
			checkError(t, "answers", err, nil)
			check(t, "answers", fmt.Sprint(answers), "[200 length 4 1 /1 200 length 4 2 /2]")
		})
	}
}
