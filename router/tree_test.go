package router_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/router"
)

// served is what a look-up found: the pattern, with the parameters.
type served struct {
	pattern string
	params  string
}

// register enters routes, each "METHOD /pattern", with handlers that note in
// found that they ran. Routes that are refused are left out of the result.
func register(routes []string, found *served) (*router.Router, []string) {
	rt := router.New()
	accepted := slices.DeleteFunc(slices.Clone(routes), func(route string) bool {
		method, pattern, _ := strings.Cut(route, " ")
		return refusal(func(*router.Router) { rt.Handle(method, pattern, note(route, found)) }) != ""
	})
	return rt, accepted
}

// note returns a handler that notes that the route was reached, and with what.
func note(route string, found *served) httpwire.Handler {
	_, pattern, _ := strings.Cut(route, " ")
	return func(_ *httpwire.Response, r *httpwire.Request) error {
		found.pattern = route
		for segment := range strings.SplitSeq(pattern[1:], "/") {
			if strings.HasPrefix(segment, ":") || strings.HasPrefix(segment, "*") {
				found.params += fmt.Sprintf(" %s=%q", segment, r.Param(segment[1:]))
			}
		}
		return nil
	}
}

func TestPrecedence(t *testing.T) {
	routes := []string{
		"GET /", "GET /*rest", "GET /a", "GET /a/", "GET /:x", "GET /:x/b", "GET /a/:y", "GET /a/*rest",
		"GET /a/b/c", "GET /a/:y/d", "GET /:x/b/e", "POST /a/:y", "POST /*rest", "HEAD /:x",
		"GET /deep/:p/x/:q/y", "GET /deep/a/:p/:q/z", "ANY /a/b/c", "ANY /any/:x", "GET /any/1",
		"GET //x", "GET /a b/ü",
	}
	tests := []struct{ request, want string }{
		{"GET /", "GET /"},
		{"GET /a", "GET /a"},
		{"GET /a/", "GET /a/"},
		{"GET /z", `GET /:x :x="z"`},
		{"GET /z/", `GET /*rest *rest="z/"`},
		{"GET /a/b", `GET /a/:y :y="b"`},
		{"GET /z/b", `GET /:x/b :x="z"`},
		{"GET /a/b/c", "GET /a/b/c"},
		{"GET /a/b/d", `GET /a/:y/d :y="b"`},
		{"GET /a/b/e", `GET /a/*rest *rest="b/e"`}, // static "a" goes first, and its wildcard takes it
		{"GET /z/b/e", `GET /:x/b/e :x="z"`},
		{"GET /z/b/f", `GET /*rest *rest="z/b/f"`},
		{"POST /a/b", `POST /a/:y :y="b"`},
		{"POST /a", `POST /*rest *rest="a"`}, // back from "/a", which has no POST
		{"POST /a/b/c", `ANY /a/b/c`},
		{"HEAD /a", "GET /a"},
		{"HEAD /z", `HEAD /:x :x="z"`},
		{"GET /deep/a/x/c/y", `GET /deep/:p/x/:q/y :p="a" :q="c"`}, // back over three segments
		{"GET /deep/a/x/c/z", `GET /deep/a/:p/:q/z :p="x" :q="c"`},
		{"GET /any/1", "GET /any/1"},
		{"HEAD /any/1", "GET /any/1"},
		{"PUT /any/1", `ANY /any/:x :x="1"`},
		{"GET //x", "GET //x"},
		{"GET //y", `GET /*rest *rest="/y"`},
		{"GET /a%20b/%C3%BC", "GET /a b/ü"},
		{"GET /%61/%62", `GET /a/:y :y="b"`},
	}
	orders := [][]string{routes, slices.Clone(routes), slices.Clone(routes), slices.Clone(routes)}
	slices.Reverse(orders[1])
	for _, order := range orders[2:] {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	for _, order := range orders {
		var found served
		rt, accepted := register(order, &found)
		if len(accepted) != len(order) {
			t.Fatalf("%d of %d routes were refused", len(order)-len(accepted), len(order))
		}
		for _, tt := range tests {
			found = served{}
			method, path, _ := strings.Cut(tt.request, " ")
			if err := rt.Serve(nil, &httpwire.Request{Method: method, RawPath: path}); err != nil {
				t.Errorf("%s: %v", tt.request, err)
			}
			if got := found.pattern + found.params; got != tt.want {
				t.Errorf("%s: got %s, want %s; registered %q", tt.request, got, tt.want, order)
			}
		}
	}
}

// oracle finds the route as the documentation describes it: of all that match,
// the one whose kinds of segments come first, compared from the left.
func oracle(routes []string, method, path string) served {
	best, rank, params := "", "~", ""
	for _, route := range routes {
		m, pattern, _ := strings.Cut(route, " ")
		order, fits := methodOrder(m, method)
		shape, values, matches := matchSlowly(strings.Split(pattern, "/")[1:], strings.Split(path, "/")[1:])
		if fits && matches && shape+order < rank {
			best, rank, params = route, shape+order, values
		}
	}
	return served{best, params}
}

// methodOrder says whether a route serves a method, and before which others of
// the same shape.
func methodOrder(route, method string) (order string, fits bool) {
	switch {
	case route == method:
		return "1", true
	case route == "GET" && method == "HEAD":
		return "2", true
	default:
		return "3", route == "ANY" && method != "TRACE"
	}
}

// matchSlowly compares a pattern with a path, and returns the kinds of the
// segments as a word that sorts as they do.
func matchSlowly(pattern, path []string) (shape, params string, ok bool) {
	for i, p := range pattern {
		switch {
		case i >= len(path):
			return "", "", false
		case strings.HasPrefix(p, "*"):
			value, _ := httpwire.DecodeSegment(strings.Join(path[i:], "/"))
			return shape + "c", params + fmt.Sprintf(" %s=%q", p, value), true
		case strings.HasPrefix(p, ":") && path[i] != "":
			value, _ := httpwire.DecodeSegment(path[i])
			shape, params = shape+"b", params+fmt.Sprintf(" %s=%q", p, value)
		default:
			value, _ := httpwire.DecodeSegment(path[i])
			if value != p || strings.HasPrefix(p, ":") {
				return "", "", false
			}
			shape += "a"
		}
	}
	return shape, params, len(pattern) == len(path)
}

func FuzzMatch(f *testing.F) {
	f.Add("GET /a/:b\nGET /:a/b\nANY /*x", "GET", "/a/b")
	f.Add("GET /a/:b/c\nPOST /a/x/:y\nHEAD /:p/*q", "HEAD", "/a/x/c")
	f.Add("GET /\nGET //\nGET /:a/\nGET /:a//b", "GET", "/%61//b")
	f.Add("TRACE /:a\nANY /:b", "TRACE", "/a%2Fb")
	f.Fuzz(func(t *testing.T, routes, method, path string) {
		if !strings.HasPrefix(path, "/") || method == "OPTIONS" {
			return // the first cannot happen, the second needs a response
		}
		for part := range strings.SplitSeq(path, "/") {
			if _, ok := httpwire.DecodeSegment(part); !ok {
				return // refused by the parser
			}
		}
		var found served
		rt, accepted := register(strings.Split(routes, "\n"), &found)
		err := rt.Serve(nil, &httpwire.Request{Method: method, RawPath: path})
		if want := oracle(accepted, method, path); found != want {
			t.Errorf("%s %s: got %v, want %v; routes %q", method, path, found, want, accepted)
		}
		var problem *httpwire.Problem
		if found.pattern == "" && !errors.As(err, &problem) {
			t.Errorf("%s %s: no route and no problem", method, path)
		}
	})
}

// manyRoutes registers n routes as a large API has them, and one to look up.
func manyRoutes(n int) *router.Router {
	rt := router.New()
	rt.Get("/messages/:id/parts/:part", none)
	for i := range n - 1 {
		switch i % 3 {
		case 0:
			rt.Get(fmt.Sprintf("/resource%d/:id", i), none)
		case 1:
			rt.Get(fmt.Sprintf("/messages/:id/other%d/:part", i), none)
		default:
			rt.Post(fmt.Sprintf("/messages/static%d", i), none)
		}
	}
	return rt
}

func TestMatchAllocatesNothing(t *testing.T) {
	rt := manyRoutes(100)
	for _, path := range []string{"/resource0/7", "/messages/17/parts/3"} {
		r := &httpwire.Request{Method: "GET", RawPath: path}
		if err := rt.Serve(nil, r); err != nil { // makes room for the parameters
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { rt.Serve(nil, r) }); n != 0 {
			t.Errorf("%s: %v allocations per match, want 0", path, n)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			rt := manyRoutes(n)
			r := &httpwire.Request{Method: "GET", RawPath: "/messages/17/parts/3"}
			b.ReportAllocs()
			for b.Loop() {
				if err := rt.Serve(nil, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
