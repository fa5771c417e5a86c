package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

func TestLifeOfAMessage(t *testing.T) {
	c := dial(t, new(messages.Memory))
	c.do("GET", "/messages", "").wantBody(t, 200, "[]\n")

	created := c.do("POST", "/messages", `{"text":"hi"}`)
	created.wantBody(t, 201, `{"id":1,"text":"hi"}`+"\n").wantField(t, "Location", "/messages/1")
	first := created.Header.Get("ETag")
	c.do("POST", "/messages", `{"text":"there"}`).wantField(t, "Location", "/messages/2")

	c.do("GET", "/messages/1", "").wantBody(t, 200, `{"id":1,"text":"hi"}`+"\n").wantField(t, "ETag", first)
	c.do("GET", "/messages", "").wantBody(t, 200, `[{"id":1,"text":"hi"},{"id":2,"text":"there"}]`+"\n")

	c.do("PUT", "/messages/1", `{"text":"hello"}`, "Content-Range: bytes 0-15/100").wantProblem(t, 400)
	c.do("PUT", "/messages/1", `{"text":"hello"}`).wantBody(t, 200, `{"id":1,"text":"hello"}`+"\n")
	if second := c.do("GET", "/messages/1", "").Header.Get("ETag"); second == first || second == "" {
		t.Errorf("got ETag %q after a change, %q before", second, first)
	}
	patched := c.do("PATCH", "/messages/1", `{"text":"hey"}`).wantBody(t, 200, `{"id":1,"text":"hey"}`+"\n")
	c.do("GET", "/messages/1", "").wantField(t, "ETag", patched.Header.Get("ETag"))

	gone := c.do("DELETE", "/messages/1", "").want(t, 204)
	if gone.body != "" || gone.Header.Get("Content-Type") != "" {
		t.Errorf("the answer to DELETE has content: %v", gone)
	}
	c.do("GET", "/messages/1", "").wantProblem(t, 404)
	c.do("DELETE", "/messages/1", "").wantProblem(t, 404)
	c.do("POST", "/messages", `{"text":"new"}`).wantField(t, "Location", "/messages/3")
}

// The node:http tutorials answer 404 to a wrong method and to HEAD.
func TestMethods(t *testing.T) {
	c := dial(t, storeOf(t, "hi"))
	c.do("HEAD", "/messages/1", "").wantBody(t, 200, "").wantField(t, "Content-Length", "21")
	c.do("HEAD", "/messages", "").wantBody(t, 200, "").wantField(t, "Content-Length", "23")
	c.do("PUT", "/messages", "{}").wantProblem(t, 405)
	c.do("DELETE", "/messages", "").wantField(t, "Allow", "GET, HEAD, OPTIONS, POST")
	c.do("POST", "/messages/1", "{}").wantField(t, "Allow", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")
	c.do("OPTIONS", "/messages/1", "").want(t, 204).wantField(t, "Allow", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")
}

// In the node:http tutorials parseInt makes 1 of "1abc" and NaN of "abc".
func TestIDs(t *testing.T) {
	c := dial(t, storeOf(t, "hi"))
	for _, id := range []string{
		"0", "01", "+1", "-1", "1.0", "1e0", "0x1", "1abc", "abc", "1%20", "%201", "1_0", "1%00", "1%2F", "٣",
		"NaN", "null", "..", "2", "9223372036854775807", "9223372036854775808", "99999999999999999999999999",
	} {
		target := "/messages/" + strings.ReplaceAll(id, "٣", "%D9%A3")
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
			t.Run(method+"_"+id, func(t *testing.T) {
				c.do(method, target, `{"text":"x"}`).wantProblem(t, 404)
			})
		}
	}
	c.do("GET", "/messages/%31", "").want(t, 200) // decoded, it is the same path
	c.do("GET", "/messages/1%zz", "").want(t, 400)
}

func TestMediaTypes(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields []string
		want   int
	}{
		{"plain", []string{"Content-Type: application/json"}, 201},
		{"other_case", []string{"Content-Type: Application/JSON"}, 201},
		{"charset", []string{"Content-Type: application/json; charset=utf-8"}, 201},
		{"quoted_parameter", []string{`Content-Type: application/json;x="a;b"`}, 201},
		{"form", []string{"Content-Type: application/x-www-form-urlencoded"}, 415},
		{"text", []string{"Content-Type: text/plain"}, 415},
		{"json_suffix", []string{"Content-Type: application/merge-patch+json"}, 415},
		{"longer", []string{"Content-Type: application/jsonp"}, 415},
		{"list", []string{"Content-Type: text/plain, application/json"}, 415},
		{"twice", []string{"Content-Type: application/json", "Content-Type: application/json"}, 415},
		{"broken_parameter", []string{"Content-Type: application/json; charset"}, 415},
		{"empty", []string{"Content-Type:"}, 415},
		{"compressed", []string{"Content-Type: application/json", "Content-Encoding: gzip"}, 415},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := dial(t, new(messages.Memory)).do("POST", "/messages", `{"text":"hi"}`, c.fields...).want(t, c.want)
			if c.want == 415 {
				a.wantProblem(t, 415)
			}
		})
	}
	c := dial(t, storeOf(t, "hi"))
	none := "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n\r\n" + `{"text":"hi"}`
	c.send("POST", none).want(t, 415).wantField(t, "Accept-Post", "application/json")
	text := "Content-Type: text/plain"
	c.do("PATCH", "/messages/1", "x", text).want(t, 415).wantField(t, "Accept-Patch", "application/json")
	c.do("PUT", "/messages/1", "x", text).want(t, 415).wantField(t, "Accept", "application/json")
	zipped := c.do("PUT", "/messages/1", "x", "Content-Encoding: gzip")
	zipped.want(t, 415).wantField(t, "Accept-Encoding", "identity")
}

func TestHostileJSON(t *testing.T) {
	store := storeOf(t, "hi")
	c := dial(t, store)
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			before, after, _ := strings.Cut(h.in, mark)
			for _, request := range []struct{ method, target string }{
				{"PUT", "/messages/1"}, {"PATCH", "/messages/1"},
			} {
				members := c.do(request.method, request.target, before+after).wantProblem(t, 400)
				if got := members["offset"]; got != float64(len(before)) {
					t.Errorf("%s: got offset %v, want %d", request.method, got, len(before))
				}
				if got, _ := members["field"].(string); got != h.field {
					t.Errorf("%s: got field %q, want %q", request.method, got, h.field)
				}
			}
			c.do("POST", "/messages", before+after).wantProblem(t, 400)
		})
	}
	c.do("GET", "/messages", "").wantBody(t, 200, `[{"id":1,"text":"hi"}]`+"\n")
}

func TestMembers(t *testing.T) {
	c := dial(t, storeOf(t, "hi"))
	long := `{"text":"` + strings.Repeat("x", messages.MaxText+1) + `"}`
	for _, r := range []struct {
		name, method, target, body string
		status                     int
		field                      any
	}{
		{"post_without_text", "POST", "/messages", `{}`, 400, "text"},
		{"post_with_id", "POST", "/messages", `{"id":7,"text":"hi"}`, 400, "id"},
		{"put_without_text", "PUT", "/messages/1", `{"id":1}`, 400, "text"},
		{"empty_text", "POST", "/messages", `{"text":""}`, 422, "text"},
		{"empty_text_put", "PUT", "/messages/1", `{"text":""}`, 422, "text"},
		{"empty_text_patch", "PATCH", "/messages/1", `{"text":""}`, 422, "text"},
		{"long_text", "POST", "/messages", long, 422, "text"},
		{"other_id", "PUT", "/messages/1", `{"id":2,"text":"x"}`, 409, "id"},
		{"other_spelling_of_id", "PATCH", "/messages/1", `{"id":1.0,"text":"x"}`, 409, "id"},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := c.do(r.method, r.target, r.body).wantProblem(t, r.status)["field"]; got != r.field {
				t.Errorf("got field %v, want %v", got, r.field)
			}
		})
	}
	c.do("PATCH", "/messages/1", `{}`).wantBody(t, 200, `{"id":1,"text":"hi"}`+"\n")
	c.do("PUT", "/messages/1", `{"id":1,"text":"ho"}`).wantBody(t, 200, `{"id":1,"text":"ho"}`+"\n")
}

// An entity tag in the answer to a PUT says that the octets sent are those kept.
func TestTagOfPut(t *testing.T) {
	c := dial(t, storeOf(t, "hi"))
	c.do("PUT", "/messages/1", `{"text":"a"}`).want(t, 200).wantField(t, "ETag", "")
	c.do("PUT", "/messages/1", `{"id":1, "text":"a"}`+"\n").want(t, 200).wantField(t, "ETag", "")
	same := c.do("PUT", "/messages/1", `{"id":1,"text":"a"}`+"\n").want(t, 200)
	c.do("GET", "/messages/1", "").want(t, 200).wantField(t, "ETag", same.Header.Get("ETag"))
}

func TestTextsComeBackExactly(t *testing.T) {
	c := dial(t, new(messages.Memory))
	for _, r := range []struct{ name, sent, want string }{
		{"markup", `"<script>&amp;</script>"`, `"<script>&amp;</script>"`},
		{"emoji", `"\ud83e\uddf5 🧵"`, `"🧵 🧵"`},
		{"controls", `"\u0000\u001f\u007f"`, `"\u0000\u001f` + "\x7f" + `"`},
		{"combining", `"e\u0301"`, "\"e\u0301\""},
		{"not_a_character", "\"\uffff\ufffd\"", "\"\uffff\ufffd\""},
	} {
		t.Run(r.name, func(t *testing.T) {
			a := c.do("POST", "/messages", `{"text":`+r.sent+`}`).want(t, 201)
			if _, text, _ := strings.Cut(a.body, `"text":`); text != r.want+"}\n" {
				t.Errorf("got %q, want %q", text, r.want+"}\n")
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	big := `{"text":"` + strings.Repeat("x", maxBody) + `"}`
	dial(t, new(messages.Memory)).do("POST", "/messages", big).wantProblem(t, 413)
	chunked := "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
		"Transfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(big), big)
	dial(t, new(messages.Memory)).send("POST", chunked).wantProblem(t, 413)
	// Even a server without a limit does not keep a body of any size in memory.
	unlimited := &httpwire.Server{MaxBody: -1}
	dialServer(t, new(messages.Memory), new(Followers), unlimited).do("POST", "/messages", big).wantProblem(t, 413)
	strict := &httpwire.Server{MaxBody: 10}
	dialServer(t, new(messages.Memory), new(Followers), strict).do("POST", "/messages", `{"text":"hi"}`).wantProblem(t, 413)
	// The longest text has room, however it is written.
	escaped := `{"text":"` + strings.Repeat(`\u0041`, messages.MaxText) + `"}`
	dial(t, new(messages.Memory)).do("POST", "/messages", escaped).want(t, 201)
}

// A request that is refused for its head is refused before its body is read.
func TestRefusedBeforeTheBody(t *testing.T) {
	for _, r := range []struct {
		name, head string
		status     int
	}{
		{"no_such_message", "PUT /messages/7 HTTP/1.1\r\nContent-Type: application/json\r\n", 404},
		{"wrong_type", "POST /messages HTTP/1.1\r\nContent-Type: text/plain\r\n", 415},
		{"failed_condition", "PUT /messages/1 HTTP/1.1\r\nContent-Type: application/json\r\nIf-Match: \"x\"\r\n", 412},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := dial(t, storeOf(t, "hi"))
			head := r.head + "Host: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
			c.send("PUT", head).wantProblem(t, r.status)
		})
	}
}

// failing is a store whose methods all fail.
type failing struct {
	messages.Store
	err error
}

func (f failing) List(context.Context, int64, int) ([]messages.Message, error) { return nil, f.err }
func (f failing) Create(context.Context, string) (messages.Message, error) {
	return messages.Message{}, f.err
}

func TestFailuresOfTheStore(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
	}{
		{"full", fmt.Errorf("shard 7: %w", messages.ErrFull), 507},
		{"read_only", fmt.Errorf("shard 7: %w", messages.ErrReadOnly), 503},
		{"unavailable", fmt.Errorf("shard 7: %w", messages.ErrUnavailable), 503},
		{"late", context.DeadlineExceeded, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := dial(t, failing{err: c.err}).do("POST", "/messages", `{"text":"hi"}`)
			a.wantProblem(t, c.status)
			if again := errors.Is(c.err, messages.ErrUnavailable) || errors.Is(c.err, context.DeadlineExceeded); (a.Header.Get("Retry-After") != "") != again {
				t.Errorf("got Retry-After %q", a.Header.Get("Retry-After"))
			}
			if strings.Contains(a.body, "shard") {
				t.Errorf("the cause got out: %s", a.body)
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		a := dial(t, failing{err: errors.New("password is 123")}).do("GET", "/messages", "").want(t, 500)
		if strings.Contains(a.body, "password") {
			t.Errorf("the cause got out: %s", a.body)
		}
	})
}

// storeOf returns a store with messages of these texts.
func storeOf(t *testing.T, texts ...string) *messages.Memory {
	t.Helper()
	s := new(messages.Memory)
	for _, text := range texts {
		if _, err := s.Create(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	return s
}
