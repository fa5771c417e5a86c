package live

import (
	"context"
	"io"
	"net"

	"rawserve/httpwire"
)

// exampleText is the request of the example, in the language of the composer: one
// of each thing that the page can show.
const exampleText = "> POST /echo?lang=en HTTP/1.1\n> Host: example.com\n> Authorization: Bearer not-a-secret\n> Content-Type: text/plain\n" +
	"* split\n> Transfer-Encoding: chunked\n> Trailer: X-Sum\n> Connection: close\n>\n" +
	"* split\n> 5;sig=ab\n} hello\\r\\n\n> 7\n} , world\\r\\n\n> 0\n> X-Sum: 12\n>\n"

// prepareExample carries out the exchange that the page shows until something has
// been captured. Nothing of it is made up: a server of its own, on a connection
// within this process, parses it, answers it and is recorded.
func prepareExample() *exchangeView {
	acts, err := composition(exampleText, "example.com")
	if err != nil {
		panic(err) // a test reads the text
	}
	server := &httpwire.Server{Handler: func(w *httpwire.Response, r *httpwire.Request) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain")
		_, err = w.Write(body)
		return err
	}}
	recorder := NewRecorder(false)
	recorder.Attach(server)
	recorder.watch(0)
	here, there := net.Pipe()
	played := make(chan struct{})
	go func() {
		defer close(played)
		play(context.Background(), here, acts)
	}()
	server.ServeConn(there)
	<-played
	b := recorder.snapshot(1, 1)
	b.conn = 0
	return recorder.view(b, 1)
}
