package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"rawserve/httpwire"
	"rawserve/router"
	"rawserve/router/static"
)

const greeting = "Hello, World!"

func newRouter(file string, further int) *router.Router {
	r := router.New()
	r.Get("/", hello)
	r.Get("/json", answerJSON)
	r.Get("/users/:id", user)
	r.Any("/echo", echo) // the conformance cases use more than POST
	r.Get("/large", large(file))
	if folder, err := static.Open(filepath.Dir(file)); file != "" && err == nil {
		r.Get("/static/*path", folder.Serve)
	}
	for i := range further {
		r.Get(fmt.Sprintf("/further/%d/:id", i), user)
	}
	return r
}

func hello(w *httpwire.Response, _ *httpwire.Request) error {
	w.Header().Set("Content-Type", "text/plain")
	_, err := w.WriteString(greeting)
	return err
}

// message is the object sent as /json.
type message struct {
	Message string `json:"message"`
}

func answerJSON(w *httpwire.Response, _ *httpwire.Request) error {
	text, err := json.Marshal(message{greeting})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(text)
	return err
}

func user(w *httpwire.Response, r *httpwire.Request) error {
	w.Header().Set("Content-Type", "text/plain")
	_, err := w.WriteString(r.Param("id"))
	return err
}

// bodies are the buffers that echo collects in, as the net/http peer does.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// echo collects the body before it answers, because the answer declares its
// length and that of a chunked body is known at its end.
func echo(w *httpwire.Response, r *httpwire.Request) error {
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	if _, err := r.Body.WriteTo(body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain")
	w.SetContentLength(int64(body.Len()))
	_, err := w.Write(body.Bytes())
	return err
}

// large answers with a file, opened anew for each request, or from memory.
func large(path string) httpwire.Handler {
	if path == "" {
		return largeFromMemory(largeBody())
	}
	return func(w *httpwire.Response, _ *httpwire.Request) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain")
		w.SetContentLength(info.Size())
		_, err = w.ReadFrom(f)
		return err
	}
}

func largeFromMemory(body []byte) httpwire.Handler {
	return func(w *httpwire.Response, _ *httpwire.Request) error {
		w.Header().Set("Content-Type", "text/plain")
		w.SetContentLength(int64(len(body)))
		_, err := w.Write(body)
		return err
	}
}

// largeBody is 1 MiB of the alphabet.
func largeBody() []byte {
	body := make([]byte, 1<<20)
	for i := range body {
		body[i] = 'a' + byte(i%26)
	}
	return body
}
