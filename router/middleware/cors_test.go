package middleware_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rawserve/httpwire"
	"rawserve/router/middleware"
)

func TestCORS(t *testing.T) {
	const (
		allow     = "Access-Control-Allow-Origin"
		ask1      = "Access-Control-Request-Method: PUT"
		preflight = "OPTIONS /messages/1"
	)
	list := middleware.CORS{Origins: []string{"https://a.example", "http://localhost:5173"}}
	all := middleware.CORS{Origins: []string{"*"}}
	tests := []struct {
		name    string
		cors    middleware.CORS
		request string
		fields  []string
		status  int
		origin  string // Access-Control-Allow-Origin
		vary    string
		reached bool // the handler
	}{
		{"no_origin", list, "GET /", nil, 200, "", "Origin", true},
		{"allowed", list, "GET /", []string{"Origin: https://a.example"}, 200, "https://a.example", "Origin", true},
		{"allowed_port", list, "POST /", []string{"Origin: http://localhost:5173"}, 200, "http://localhost:5173", "Origin", true},
		{"refused", list, "GET /", []string{"Origin: https://b.example"}, 200, "", "Origin", true},
		{"longer", list, "GET /", []string{"Origin: https://a.example.evil.example"}, 200, "", "Origin", true},
		{"shorter", list, "GET /", []string{"Origin: https://a.exampl"}, 200, "", "Origin", true},
		{"prefixed", list, "GET /", []string{"Origin: https://xa.example"}, 200, "", "Origin", true},
		{"other_scheme", list, "GET /", []string{"Origin: http://a.example"}, 200, "", "Origin", true},
		{"other_port", list, "GET /", []string{"Origin: https://a.example:8443"}, 200, "", "Origin", true},
		{"upper_case", list, "GET /", []string{"Origin: https://A.example"}, 200, "", "Origin", true},
		{"null", list, "GET /", []string{"Origin: null"}, 200, "", "Origin", true},
		{"empty", list, "GET /", []string{"Origin:"}, 200, "", "Origin", true},
		{"star", list, "GET /", []string{"Origin: *"}, 200, "", "Origin", true},
		{"two_origins", list, "GET /", []string{"Origin: https://a.example", "Origin: https://b.example"}, 200, "", "Origin", true},
		{"list_of_origins", list, "GET /", []string{"Origin: https://a.example, https://b.example"}, 200, "", "Origin", true},
		{"everyone", all, "GET /", []string{"Origin: https://b.example"}, 200, "*", "", true},
		{"everyone_null", all, "GET /", []string{"Origin: null"}, 200, "*", "", true},
		{"everyone_no_origin", all, "GET /", nil, 200, "*", "", true},
		{"everyone_two_origins", all, "GET /", []string{"Origin: https://a.example", "Origin: https://b.example"}, 200, "*", "", true},
		{"everyone_options", all, preflight, nil, 200, "*", "", true},
		{"nobody", middleware.CORS{}, "GET /", []string{"Origin: https://a.example"}, 200, "", "Origin", true},

		{"preflight", list, preflight, []string{"Origin: https://a.example", ask1}, 204, "https://a.example", "Origin", false},
		{"preflight_everyone", all, preflight, []string{"Origin: https://b.example", ask1}, 204, "*", "", false},
		{"preflight_refused", list, preflight, []string{"Origin: https://b.example", ask1}, 403, "", "Origin", false},
		{"options_without_origin", list, preflight, []string{ask1}, 200, "", "Origin", true},
		{"options_without_method", list, preflight, []string{"Origin: https://a.example"}, 200, "https://a.example", "Origin", true},
		{"plain_options", list, preflight, nil, 200, "", "Origin", true},
		{"no_preflight_but_get", list, "GET /", []string{"Origin: https://a.example", ask1}, 200, "https://a.example", "Origin", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reached := false
			handler := tt.cors.Handler(func(w *httpwire.Response, r *httpwire.Request) error {
				reached = true
				return hello(w, r)
			})
			response, _ := ask(t, handler, tt.request, tt.fields...)
			if response.StatusCode != tt.status || reached != tt.reached {
				t.Errorf("status %d, handler reached %v; want %d, %v", response.StatusCode, reached, tt.status, tt.reached)
			}
			if got := response.Header.Get(allow); got != tt.origin {
				t.Errorf("%s = %q, want %q", allow, got, tt.origin)
			}
			if got := strings.Join(response.Header.Values("Vary"), ", "); got != tt.vary {
				t.Errorf("Vary = %q, want %q", got, tt.vary)
			}
			methods := response.Header.Get("Access-Control-Allow-Methods")
			if (methods != "") != (tt.status == 204) {
				t.Errorf("Access-Control-Allow-Methods = %q in a %d", methods, tt.status)
			}
		})
	}
}

func TestCORSFields(t *testing.T) {
	cors := middleware.CORS{
		Origins: []string{"https://a.example"}, Methods: []string{"GET", "PUT"}, Headers: []string{"Content-Type", "If-Match"},
		Expose: []string{"ETag", "Location"}, Credentials: true, MaxAge: 10 * time.Minute,
	}
	compare := func(name, request string, fields []string, want map[string]string) {
		t.Helper()
		response, _ := ask(t, cors.Handler(hello), request, fields...)
		for field, value := range want {
			if got := response.Header.Get("Access-Control-" + field); got != value {
				t.Errorf("%s: Access-Control-%s = %q, want %q", name, field, got, value)
			}
		}
	}
	origin := "Origin: https://a.example"
	compare("request", "GET /", []string{origin}, map[string]string{
		"Allow-Origin": "https://a.example", "Allow-Credentials": "true", "Expose-Headers": "ETag, Location", "Allow-Methods": "",
	})
	compare("preflight", "OPTIONS /", []string{origin, "Access-Control-Request-Method: PUT"}, map[string]string{
		"Allow-Origin": "https://a.example", "Allow-Credentials": "true", "Max-Age": "600",
		"Allow-Methods": "GET, PUT", "Allow-Headers": "Content-Type, If-Match",
	})
}

// A page can use what the other packages here offer, without being told so.
func TestCORSDefaults(t *testing.T) {
	handler := middleware.CORS{Origins: []string{"*"}}.Handler(hello)
	listed := func(response *http.Response, field string, names ...string) {
		t.Helper()
		list := strings.Split(response.Header.Get(field), ", ")
		for _, name := range names {
			if !slices.Contains(list, name) {
				t.Errorf("%s: %q lacks %s", field, list, name)
			}
		}
	}
	response, _ := ask(t, handler, "GET /", "Origin: https://a.example")
	listed(response, "Access-Control-Expose-Headers", "ETag", "Location", "Link", "X-Request-Id", "Retry-After", "Content-Range")
	response, _ = ask(t, handler, "OPTIONS /", "Origin: https://a.example", "Access-Control-Request-Method: PUT",
		"Access-Control-Request-Headers: content-type,if-match")
	listed(response, "Access-Control-Allow-Headers",
		"If-Match", "If-None-Match", "Authorization", "Last-Event-ID", "Content-Type", "Range")
	none := middleware.CORS{Origins: []string{"*"}, Expose: []string{}}.Handler(hello)
	response, _ = ask(t, none, "GET /", "Origin: https://a.example")
	if got, ok := response.Header["Access-Control-Expose-Headers"]; ok {
		t.Errorf("exposed %q, want nothing", got)
	}
}

// TestCORSOrigins checks that an origin which is accepted matches what a browser
// sends: every spelling of it is either made that or refused.
func TestCORSOrigins(t *testing.T) {
	for _, tt := range []struct {
		given string // as in a flag, with commas
		sent  string // by a browser; "" if given is refused
	}{
		{"https://a.example, https://b.example", "https://b.example"},
		{" https://a.example ,\thttps://b.example", "https://a.example"},
		{"https://a.example:443", "https://a.example"},
		{"http://a.example:80", "http://a.example"},
		{"http://a.example:443", "http://a.example:443"},
		{"https://[::1]:443", "https://[::1]"},
		{"https://[::1]:8443", "https://[::1]:8443"},
		{"https://[::ffff:102:304]", "https://[::ffff:102:304]"},
		{"http://127.0.0.1:3000", "http://127.0.0.1:3000"},
		{"http://a_b.xn--gre-6ka8i.example.", "http://a_b.xn--gre-6ka8i.example."},
		{"chrome-extension://abcdefgh", "chrome-extension://abcdefgh"},
		{" * ", "https://a.example"},
		{"https://a.example,", ""},
		{"https://a.example https://b.example", ""},
		{"https://a.example;https://b.example", ""},
		{"https://a.example:", ""},
		{"https://a.example:0443", ""},
		{"https://a.example:65536", ""},
		{"https://a.example:http", ""},
		{"https://user@a.example", ""},
		{"https://größe.example", ""},
		{"https://a%2eexample", ""},
		{"https://127.1", ""},
		{"https://1.2.3.04", ""},
		{"https://::1", ""},
		{"https://[::1", ""},
		{"https://[0:0::1]", ""},
		{"https://[::1%25lo]", ""},
		{"https://[::ffff:1.2.3.4]", ""},
		{"https://[1.2.3.4]", ""},
		{"://a.example", ""},
		{"1https://a.example", ""},
		{"HTTPS://a.example", ""},
		{"https:///a.example", ""},
		{"https://*", ""},
		{"*, *", ""},
	} {
		cors := middleware.CORS{Origins: strings.Split(tt.given, ",")}
		if err := cors.Check(); (err != nil) != (tt.sent == "") {
			t.Errorf("-cors %q: error %v", tt.given, err)
			continue
		}
		if tt.sent == "" {
			continue
		}
		response, _ := ask(t, cors.Handler(hello), "GET /", "Origin: "+tt.sent)
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != tt.sent && got != "*" {
			t.Errorf("-cors %q: a page of %s may not read", tt.given, tt.sent)
		}
	}
}

// TestCORSVary checks that a handler's own Vary does not replace the one that
// keeps a cache from mixing up origins.
func TestCORSVary(t *testing.T) {
	handler := middleware.CORS{Origins: []string{"https://a.example"}}.Handler(
		func(w *httpwire.Response, _ *httpwire.Request) error { return w.WriteHead(200, "Vary", "Accept") })
	response, _ := ask(t, handler, "GET /", "Origin: https://a.example")
	if got := strings.Join(response.Header.Values("Vary"), ", "); got != "Accept, Origin" {
		t.Errorf("Vary = %q", got)
	}
}

// TestCORSOnError checks that a page can read why it was refused.
func TestCORSOnError(t *testing.T) {
	handler := middleware.CORS{Origins: []string{"https://a.example"}}.Handler(
		func(*httpwire.Response, *httpwire.Request) error { return httpwire.Fail(404, "nothing") })
	response, _ := ask(t, handler, "GET /", "Origin: https://a.example")
	if got := response.Header.Get("Access-Control-Allow-Origin"); response.StatusCode != 404 || got != "https://a.example" {
		t.Errorf("got %d, Access-Control-Allow-Origin %q", response.StatusCode, got)
	}
	if got := response.Header.Get("Vary"); got != "Origin" {
		t.Errorf("Vary = %q", got)
	}
}

func TestCORSMistakes(t *testing.T) {
	tests := []struct {
		name string
		cors middleware.CORS
		want string // in the panic; "" for none
	}{
		{"fine", middleware.CORS{Origins: []string{"https://a.example", "http://[::1]:3000"}, Credentials: true}, ""},
		{"everyone", middleware.CORS{Origins: []string{"*"}}, ""},
		{"everyone_with_credentials", middleware.CORS{Origins: []string{"*"}, Credentials: true}, "credentials"},
		{"everyone_and_one", middleware.CORS{Origins: []string{"*", "https://a.example"}}, `"*"`},
		{"slash", middleware.CORS{Origins: []string{"https://a.example/"}}, `"https://a.example/"`},
		{"no_scheme", middleware.CORS{Origins: []string{"a.example"}}, `"a.example"`},
		{"no_host", middleware.CORS{Origins: []string{"https://"}}, `"https://"`},
		{"upper_case", middleware.CORS{Origins: []string{"https://A.example"}}, "lower case"},
		{"pattern", middleware.CORS{Origins: []string{"https://*.example"}}, `"https://*.example"`},
		{"null", middleware.CORS{Origins: []string{"null"}}, `"null"`},
		{"empty", middleware.CORS{Origins: []string{""}}, `""`},
		{"nothing_after_comma", middleware.CORS{Origins: []string{"https://a.example", " "}}, `""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				value := recover()
				if text := fmt.Sprint(value); (value != nil) != (tt.want != "") || !strings.Contains(text, tt.want) && tt.want != "" {
					t.Errorf("panic says %v, want %q in it", value, tt.want)
				}
			}()
			tt.cors.Handler(hello)
		})
	}
}
