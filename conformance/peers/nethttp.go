package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"time"
)

// serveNetHTTP serves the routes with net/http.
func serveNetHTTP(addr, dir string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "net/http\n")
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, err.Error(), statusOf(err))
			return
		}
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		w.Write(body)
	})
	mux.HandleFunc("PUT /upload", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			http.Error(w, err.Error(), statusOf(err))
			return
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%d octets\n", n)
	})
	mux.HandleFunc("GET /slow/300", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(300 * time.Millisecond)
		io.WriteString(w, "slow\n")
	})
	mux.HandleFunc("GET /stream/5", func(w http.ResponseWriter, r *http.Request) {
		for i := range 5 {
			fmt.Fprintf(w, "chunk %d\n", i+1)
			http.NewResponseController(w).Flush()
		}
	})
	if dir != "" {
		mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir(dir))))
	}
	server := &http.Server{Addr: addr, Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	return server.ListenAndServe()
}

// statusOf returns the status for a body that could not be read.
func statusOf(err error) int {
	if _, tooLarge := err.(*http.MaxBytesError); tooLarge {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}
