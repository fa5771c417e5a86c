package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// serveNetHTTP runs the standard library's server with its own ServeMux.
func serveNetHTTP(o options) error {
	s := &http.Server{Addr: o.addr, Handler: netHTTPHandler(o.file)}
	if o.timeouts {
		s.ReadHeaderTimeout = headTimeout
		s.ReadTimeout = readTimeout
		s.WriteTimeout = writeTimeout
		s.IdleTimeout = idleTimeout
	}
	return s.ListenAndServe()
}

func netHTTPHandler(file string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, greeting)
	})
	mux.HandleFunc("GET /json", func(w http.ResponseWriter, r *http.Request) {
		text, err := json.Marshal(message{greeting})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(text)
	})
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, r.PathValue("id"))
	})
	mux.HandleFunc("POST /echo", netHTTPEcho)
	large := func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) }
	mux.HandleFunc("GET /large", large)
	mux.HandleFunc("GET /static/large.txt", large)
	return mux
}

var echoBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// netHTTPEcho collects the body first: net/http drops what is unread of a
// request body once the answer has begun. The buffers are pooled, which is as
// fast as the package allows.
func netHTTPEcho(w http.ResponseWriter, r *http.Request) {
	body := echoBuffers.Get().(*bytes.Buffer)
	defer echoBuffers.Put(body)
	body.Reset()
	if _, err := body.ReadFrom(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.Write(body.Bytes())
}
