package httpwire

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fileSize = 2 << 20

// sendsFile sends a file as the target says, and notes how many octets are left
// in a reader of which only a part was declared.
func sendsFile(path string, left chan<- int64) Handler {
	return func(w *Response, r *Request) error {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		var source io.Reader = file
		switch r.Target {
		case "/declared":
			w.SetContentLength(fileSize)
		case "/part":
			part := partOf(file, 200_000)
			defer func() { left <- part.N }()
			w.SetContentLength(200_000)
			source = part
		case "/small":
			part := partOf(file, 5000)
			defer func() { left <- part.N }()
			w.SetContentLength(5000)
			source = part
		case "/hook":
			w.SetContentLength(fileSize)
			w.BeforeHead(func(w *Response) { w.SetStatus(304) })
		case "/hook_shortens":
			w.SetContentLength(fileSize)
			w.BeforeHead(func(w *Response) { w.SetContentLength(100) })
		case "/hook_lengthens":
			w.SetContentLength(100_000)
			w.BeforeHead(func(w *Response) { w.SetContentLength(fileSize) })
		case "/hook_writes":
			w.SetContentLength(fileSize)
			w.BeforeHead(func(w *Response) { w.WriteString("0123456789") })
		case "/short":
			w.SetContentLength(fileSize + 1)
		}
		_, err = io.Copy(w, source)
		return err
	}
}

// partOf returns a reader of a thousand octets more than are declared.
func partOf(file *os.File, declared int64) *io.LimitedReader {
	file.Seek(1000, io.SeekStart)
	return &io.LimitedReader{R: file, N: declared + 1000}
}

// slowly reads in small pieces.
type slowly struct{ halfCloser }

func (s slowly) Read(p []byte) (int, error) { return s.halfCloser.Read(p[:min(len(p), 3001)]) }

// TestTCPSendfile: a file arrives whole at a reader that takes it in small
// pieces. Where it is large and its length declared, its octets do not pass
// through our memory.
func TestTCPSendfile(t *testing.T) {
	var numbers strings.Builder // so that each eight octets are others
	for i := range fileSize / 8 {
		fmt.Fprintf(&numbers, "%07d,", i)
	}
	content := numbers.String()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		target   string
		want     string
		sendfile int64 // octets that may have gone past our memory, 0 if none
	}{
		{"/declared", "200 length 2097152 " + content, fileSize},
		{"/part", "200 length 200000 " + content[1000:201_000], 200_000},
		{"/small", "200 length 5000 " + content[1000:6000], 0},
		{"/chunked", "200 chunked " + content, 0},
		{"/hook_shortens", "200 length 100 " + content[:100], 100},
		{"/hook_lengthens", "200 length 2097152 " + content, fileSize},
		{"/hook_writes", "200 length 2097152 0123456789" + content[:fileSize-10], fileSize - 10},
	} {
		t.Run(test.target[1:], func(t *testing.T) {
			var sent int64
			left := make(chan int64, 1)
			h := listen(t, &Server{Handler: sendsFile(path, left),
				Trace: &Trace{Sendfile: func(_ *Conn, n int64) { sent += n }}})
			nc := h.dialTCP()
			nc.SetReadBuffer(64 << 10)
			c := h.client(slowly{nc})
			c.send(getAndClose(test.target))
			c.expect(test.want)
			c.expectClosed(ReasonRequested)
			check(t, "octets by sendfile", sent, test.sendfile)
			if test.target == "/part" || test.target == "/small" {
				check(t, "octets left in the reader", <-left, 1000)
			}
		})
	}
	h := listen(t, &Server{Handler: sendsFile(path, nil)})
	t.Run("HEAD", func(t *testing.T) {
		c := h.dial()
		c.send(request("HEAD", "/declared", "Connection: close"))
		c.expectTo("HEAD", "200 none", fmt.Sprint("Content-Length: ", fileSize))
		c.expectClosed(ReasonRequested)
	})
	t.Run("hook_takes_content_back", func(t *testing.T) {
		c := h.dial()
		c.send(get("/hook"))
		c.expect("304 none", fmt.Sprint("Content-Length: ", fileSize))
		check(t, "octets after it", c.expectReset(), "") // copying fails, so the handler does
		c.expectReason(ReasonHandlerFailed)
	})
	t.Run("shorter_than_declared", func(t *testing.T) {
		c := h.dial()
		c.send(get("/short") + get("/declared"))
		got := c.expectReset()
		if most := fileSize + 1000; len(got) > most {
			t.Errorf("got %d octets, want at most %d", len(got), most)
		}
		c.expectReason(ReasonHandlerFailed)
	})
}
