package micro

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"rawserve/httpwire"
	"rawserve/router"
)

// routers are the routers to compare. Each is built with a number of further routes
// besides the one with a parameter. The function returned serves a request for that
// one and reports the parameter.
var routers = []struct {
	impl string
	make func(further int) func() string
}{
	{"rawserve", func(further int) func() string {
		rt := router.New()
		id := ""
		rt.Get("/users/:id", func(_ *httpwire.Response, r *httpwire.Request) error {
			id = r.Param("id")
			return nil
		})
		for i := range further {
			rt.Get(fmt.Sprintf("/further/%d/:id", i), func(*httpwire.Response, *httpwire.Request) error { return nil })
		}
		w, r := new(httpwire.Response), &httpwire.Request{Method: "GET", RawPath: "/users/4711"}
		return func() string {
			rt.Serve(w, r)
			return id
		}
	}},
	{"nethttp", func(further int) func() string {
		mux := http.NewServeMux()
		id := ""
		mux.HandleFunc("GET /users/{id}", func(_ http.ResponseWriter, r *http.Request) { id = r.PathValue("id") })
		for i := range further {
			mux.HandleFunc(fmt.Sprintf("GET /further/%d/{id}", i), func(http.ResponseWriter, *http.Request) {})
		}
		r := &http.Request{Method: "GET", URL: &url.URL{Path: "/users/4711"}}
		return func() string {
			mux.ServeHTTP(nil, r)
			return id
		}
	}},
}

func BenchmarkRouter(b *testing.B) {
	for _, further := range []int{0, 1000} {
		for _, r := range routers {
			b.Run(fmt.Sprintf("in=further-%d/impl=%s", further, r.impl), func(b *testing.B) {
				serve := r.make(further)
				b.ReportAllocs()
				for b.Loop() {
					if serve() != "4711" {
						b.Fatal("wrong parameter")
					}
				}
			})
		}
	}
}
