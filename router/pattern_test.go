package router_test

import (
	"fmt"
	"strings"
	"testing"

	"rawserve/httpwire"
	"rawserve/router"
)

// refusal registers a route and returns what the panic says, or "".
func refusal(register func(rt *router.Router)) (message string) {
	defer func() {
		if value := recover(); value != nil {
			message = fmt.Sprint(value)
		}
	}()
	register(router.New())
	return ""
}

// none is a handler that is never called.
func none(*httpwire.Response, *httpwire.Request) error { return nil }

// TestBadPatterns marks with ∑ the octet that the caret has to be under.
func TestBadPatterns(t *testing.T) {
	tests := []struct{ name, pattern, want string }{
		{"empty", "∑", "begins with a slash"},
		{"no_slash", "∑messages", "begins with a slash"},
		{"method_in_pattern", "∑GET /messages", `Handle("GET", "/messages", ...)`},
		{"braces", "/users/∑{id}", `write ":id"`},
		{"braces_rest", "/files/∑{path...}", `write "*path"`},
		{"braces_inside", "/users/u∑{id}", "braces"},
		{"closing_brace", "/users/id∑}", "braces"},
		{"no_name", "/users/∑:", "such as :id"},
		{"no_name_in_the_middle", "/users/∑:/x", "such as :id"},
		{"no_name_wildcard", "/files/∑*", "such as *rest"},
		{"extension", "/files/:name∑.json", "whole segment"},
		{"two_in_one_segment", "/:from∑-:to", "whole segment"},
		{"name_not_ascii", "/:na∑ïve", "letters, digits"},
		{"parameter_after_text", "/user-∑:id", "put a slash before it"},
		{"wildcard_after_text", "/files/a∑*", "put a slash before it"},
		{"wildcard_in_the_middle", "/files/∑*path/edit", "at the end"},
		{"wildcard_before_slash", "/files/∑*path/", "at the end"},
		{"name_twice", "/:id/x/∑:id", `"id" occurs twice`},
		{"name_twice_wildcard", "/:id/∑*id", `"id" occurs twice`},
		{"escape", "/a∑%20b", "decoded"},
		{"query", "/a∑?b=c", "without query"},
		{"fragment", "/a∑#b", "without query or fragment"},
		{"after_wide_characters", "/größe/∑{id}", "braces"},
		{"too_many", manyParams(16) + "/∑:one_more", "more than 16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after, _ := strings.Cut(tt.pattern, "∑")
			pattern := before + after
			got := refusal(func(rt *router.Router) { rt.Get(pattern, none) })
			lines := strings.Split(got, "\n\t")
			if len(lines) != 4 || !strings.HasPrefix(lines[0], "router: ") || !strings.Contains(lines[0], tt.want) {
				t.Fatalf("panic says %q, want %q in it", got, tt.want)
			}
			if lines[1] != "GET "+pattern {
				t.Errorf("pattern line is %q", lines[1])
			}
			if want := strings.Repeat(" ", len([]rune("GET "+before))) + "^"; lines[2] != want {
				t.Errorf("caret is wrong in\n%s", got)
			}
			if !strings.Contains(lines[3], "pattern_test.go:") {
				t.Errorf("call site is %q", lines[3])
			}
		})
	}
}

// manyParams returns a pattern with n parameters.
func manyParams(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "/:p%d", i)
	}
	return b.String()
}

func TestGoodPatterns(t *testing.T) {
	for _, pattern := range []string{
		"/", "//", "/a", "/a/", "/a//b", "/:a", "/:a/", "/:a/:b/*c", "/*rest", "/a/:_1", "/größe", "/a b", "/~x", "/a.b-c_d", "/a=b;c,d@e", manyParams(16),
	} {
		if got := refusal(func(rt *router.Router) { rt.Get(pattern, none) }); got != "" {
			t.Errorf("%q is refused: %s", pattern, got)
		}
	}
}

func TestConflicts(t *testing.T) {
	tests := []struct {
		name, first, second, caret string // patterns with their methods
	}{
		{"same", "GET /a", "GET /a", "    ^"},
		{"other_name", "GET /users/:id", "GET /users/:name", "            ^"},
		{"other_name_inside", "GET /:a/x", "GET /:b/x", "      ^"},
		{"other_wildcard", "GET /*a", "GET /*b", "      ^"},
		{"any", "ANY /:a", "ANY /:b", "      ^"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := refusal(func(rt *router.Router) {
				for _, route := range []string{tt.first, tt.second} {
					method, pattern, _ := strings.Cut(route, " ")
					rt.Handle(method, pattern, none)
				}
			})
			lines := strings.Split(got, "\n\t")
			if len(lines) != 7 {
				t.Fatalf("panic says %q, want both routes in it", got)
			}
			if lines[1] != tt.second || lines[2] != tt.caret || lines[4] != tt.first || lines[5] != tt.caret {
				t.Errorf("panic says\n%s", got)
			}
			if !strings.Contains(lines[3], "pattern_test.go:") || !strings.Contains(lines[6], "pattern_test.go:") {
				t.Errorf("call sites are missing in\n%s", got)
			}
		})
	}
}

func TestNoConflicts(t *testing.T) {
	got := refusal(func(rt *router.Router) {
		rt.Get("/users/:id", none)
		rt.Delete("/users/:name", none)
		rt.Any("/users/:any", none)
		rt.Get("/users/:id/", none)
		rt.Get("/users/new", none)
		rt.Get("/users/*rest", none)
		rt.Get("/:kind/new", none)
	})
	if got != "" {
		t.Error(got)
	}
}

func TestBadRegistration(t *testing.T) {
	tests := []struct {
		name     string
		register func(rt *router.Router)
		want     string
	}{
		{"nil_handler", func(rt *router.Router) { rt.Get("/", nil) }, "handler is nil"},
		{"lower_case", func(rt *router.Router) { rt.Handle("get", "/", none) }, "write GET"},
		{"no_token", func(rt *router.Router) { rt.Handle("GET POST", "/", none) }, "token"},
		{"no_method", func(rt *router.Router) { rt.Handle("", "/", none) }, "token"},
		{"connect", func(rt *router.Router) { rt.Handle("CONNECT", "/", none) }, "CONNECT"},
		{"prefix_with_slash", func(rt *router.Router) { rt.Group("/api/") }, "prefix"},
		{"prefix_without_slash", func(rt *router.Router) { rt.Group("api").Get("/x", none) }, "begins with a slash"},
		{"prefix_with_braces", func(rt *router.Router) { rt.Group("/{a}").Get("/x", none) }, "braces"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := refusal(tt.register)
			if !strings.Contains(got, tt.want) || !strings.Contains(got, "pattern_test.go:") {
				t.Errorf("panic says %q, want %q and the call site in it", got, tt.want)
			}
		})
	}
}
