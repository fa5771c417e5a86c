package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/httpwire"
)

const typedNDJSON = "Content-Type: application/x-ndjson"

// doImport sends lines and returns the answer.
func (c *client) doImport(body string, fields ...string) answer {
	c.t.Helper()
	return c.do("POST", "/messages/import", body, append(fields, typedNDJSON)...)
}

// One line of each kind: each is answered, in order, and a broken one costs itself.
func TestImport(t *testing.T) {
	long := strings.Repeat("x", maxLine-len(`{"text":""}`))
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"one", `{"text":"a"}` + "\n", `{"line":1,"id":1}`},
		{"last_without_end", "{\"text\":\"a\"}\n{\"text\":\"b\"}", `{"line":1,"id":1} {"line":2,"id":2}`},
		{"carriage_return", "{\"text\":\"a\"}\r\n", `{"line":1,"id":1}`},
		{"blank_lines", "\n \r\n{\"text\":\"a\"}\n\n\t\n{\"text\":\"b\"}\n\n", `{"line":3,"id":1} {"line":6,"id":2}`},
		{"as_exported", `{"id":7,"text":"a"}` + "\n", `{"line":1,"id":1}`},
		{"no_json", "hello\n{\"text\":\"a\"}\n", `{"line":1,"octet":0,"status":400,"detail":"invalid character 'h' looking for beginning of value"} {"line":2,"id":1}`},
		{"octet_of_the_body", "{\"text\":\"a\"}\n {\"text\":7}\n", `{"line":1,"id":1} {"line":2,"octet":22,"status":400,"detail":"text is a number, not a string","field":"text"}`},
		{"array", "[1]\n", `{"line":1,"octet":0,"status":400,"detail":"this is an array, not an object"}`},
		{"no_text", "{}\n", `{"line":1,"octet":0,"status":400,"detail":"the member text is missing","field":"text"}`},
		{"empty_text", "{\"text\":\"\"}\n", `{"line":1,"octet":0,"status":422,"detail":"the text is empty","field":"text"}`},
		{"no_utf8", "{\"text\":\"\xff\"}\n", `{"line":1,"octet":9,"status":400,"detail":"an octet that is not UTF-8","field":"text"}`},
		{"two_on_a_line", "{\"text\":\"a\"}{\"text\":\"b\"}\n", `{"line":1,"octet":12,"status":400,"detail":"something follows the JSON value"}`},
		{"longest_line", `{"text":"` + long + "\"}\n{\"text\":\"a\"}\n", `{"line":1,"octet":0,"status":422,"detail":"the text has 131061 octets, more than the 16384 allowed","field":"text"} {"line":2,"id":1}`},
		{"too_long", `{"text":"` + long + "x\"}\n{\"text\":\"a\"}\n", `{"line":1,"octet":0,"status":413,"detail":"the line has more than 131072 octets"} {"line":2,"id":1}`},
		{"much_too_long", "\n" + strings.Repeat(long, 5) + "\n[\n", `{"line":2,"octet":1,"status":413,"detail":"the line has more than 131072 octets"} {"line":3,"octet":655308,"status":400,"detail":"the JSON ends before it is complete"}`},
		{"too_long_without_end", strings.Repeat(long, 2), `{"line":1,"octet":0,"status":413,"detail":"the line has more than 131072 octets"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := dial(t, new(messages.Memory)).doImport(c.in).want(t, 200).wantField(t, "Content-Type", typeNDJSON)
			if got := strings.Join(strings.Split(strings.TrimSpace(a.body), "\n"), " "); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

// The body may be cut anywhere, between any two octets.
func TestImportInPieces(t *testing.T) {
	const body = "{\"text\":\"a\"}\nx\n\n{\"text\":\"b\"}\r\n{\"text\":\"c\"}"
	want := dial(t, new(messages.Memory)).doImport(body).body
	for cut := 1; cut < len(body); cut++ {
		chunked := fmt.Sprintf("POST /messages/import HTTP/1.1\r\nHost: a\r\n%s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n",
			typedNDJSON, cut, body[:cut], len(body)-cut, body[cut:])
		if a := dial(t, new(messages.Memory)).send("POST", chunked).want(t, 200); a.body != want {
			t.Errorf("cut after %d octets: got %q, want %q", cut, a.body, want)
		}
	}
}

// Each line is answered before the next one is sent.
func TestImportIsFullDuplex(t *testing.T) {
	store := new(messages.Memory)
	c := dial(t, store)
	go io.WriteString(c.conn, "POST /messages/import HTTP/1.1\r\nHost: a\r\n"+typedNDJSON+"\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
	if response, err := http.ReadResponse(c.in, nil); err != nil || response.StatusCode != 100 {
		t.Fatalf("got %v, %v; want 100", response, err)
	}
	const chunk = "d\r\n{\"text\":\"a\"}\n\r\n"
	io.WriteString(c.conn, chunk)
	answers := c.stream().lines
	for id := 1; id <= 100; id++ {
		if got, err := answers.ReadString('\n'); got != fmt.Sprintf("{\"line\":%d,\"id\":%d}\n", id, id) {
			t.Fatalf("got %q, %v", got, err)
		}
		if id < 100 {
			io.WriteString(c.conn, chunk)
		}
	}
	io.WriteString(c.conn, "0\r\n\r\n")
	if rest, err := io.ReadAll(answers); len(rest) > 0 || err != nil {
		t.Errorf("got %q, %v", rest, err)
	}
	c.do("GET", "/messages/100", "").want(t, 200) // on the same connection
}

// counting is a store that counts how often it is asked to store.
type counting struct {
	messages.Store
	steps int
}

func (c *counting) CreateAll(ctx context.Context, texts []string) ([]messages.Message, error) {
	c.steps++
	return c.Store.CreateAll(ctx, texts)
}

// Lines that arrive together are stored together, however the client frames them.
func TestImportInBatches(t *testing.T) {
	const n = 1000
	line := "{\"text\":\"a\"}\n"
	head := "POST /messages/import HTTP/1.1\r\nHost: a\r\n" + typedNDJSON + "\r\n"
	for name, request := range map[string]string{
		"length":  head + fmt.Sprintf("Content-Length: %d\r\n\r\n", n*len(line)) + strings.Repeat(line, n),
		"chunked": head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("d\r\n"+line+"\r\n", n) + "0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			store := &counting{Store: new(messages.Memory)}
			a := dial(t, store).send("POST", request).want(t, 200)
			if got := strings.Count(a.body, `"id":`); got != n {
				t.Errorf("got %d answers, want %d", got, n)
			}
			if store.steps > n/20 {
				t.Errorf("the store was asked %d times for %d lines", store.steps, n)
			}
		})
	}
}

// A store that has room for some lines takes those, in order; the others are told.
func TestImportIntoAFullStore(t *testing.T) {
	store := &messages.Memory{MaxMessages: 3}
	c := dial(t, store)
	a := c.doImport(strings.Repeat("{\"text\":\"a\"}\n", 4)+"x\n{\"text\":\"a\"}\n").want(t, 200)
	full := `"status":507,"detail":"the store is full: delete some messages first"`
	want := `{"line":1,"id":1} {"line":2,"id":2} {"line":3,"id":3} {"line":4,"octet":39,` + full + `} ` +
		`{"line":5,"octet":52,"status":400,"detail":"invalid character 'x' looking for beginning of value"} {"line":6,"octet":54,` + full + `} `
	if got := strings.ReplaceAll(a.body, "\n", " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	c.doImport("{\"text\":\"a\"}\n").wantProblem(t, 507)
}

// unsteady is a store that fails after so many batches.
type unsteady struct {
	messages.Store
	batches int
	err     error
}

func (u *unsteady) CreateAll(ctx context.Context, texts []string) ([]messages.Message, error) {
	if u.batches--; u.batches < 0 {
		return nil, u.err
	}
	return u.Store.CreateAll(ctx, texts)
}

// When the store fails, the import ends: every line that was to be stored is told,
// those without an answer were not tried.
func TestImportIntoAStoreThatFails(t *testing.T) {
	for status, err := range map[int]error{
		503: messages.ErrUnavailable, 507: fmt.Errorf("disk: %w", messages.ErrFull),
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			c := dial(t, &unsteady{failing{err: err}, 0, err})
			c.doImport("{\"text\":\"a\"}\n").wantProblem(t, status)
			c = dial(t, &unsteady{storeOf(t), 1, messages.ErrReadOnly})
			a := c.doImport(strings.Repeat("{\"text\":\"a\"}\n", 1000)).want(t, 200)
			told := strings.Split(strings.TrimSpace(a.body), "\n")
			if len(told) != 2*maxBatchLines || told[maxBatchLines-1] != `{"line":64,"id":64}` || !strings.HasPrefix(told[maxBatchLines], `{"line":65,"octet":832,"status":503,`) {
				t.Errorf("got %d answers: %q", len(told), told)
			}
		})
	}
}

func TestImportIsRefused(t *testing.T) {
	c := dial(t, storeOf(t, "a"))
	c.do("POST", "/messages/import", "{}").wantField(t, "Accept-Post", typeNDJSON).wantProblem(t, 415)
	c.doImport("{}", "Content-Encoding: gzip").wantProblem(t, 415)
	c.doImport("{}", `If-Match: "x"`).wantProblem(t, 412)
	c.send("POST", "POST /messages/import HTTP/1.1\r\nHost: a\r\n"+typedNDJSON+"\r\nContent-Length: 1073741825\r\n\r\n").wantProblem(t, 413)
}

// A body that breaks off after some lines costs what follows them.
func TestImportThatBreaksOff(t *testing.T) {
	store := new(messages.Memory)
	c := dial(t, store)
	head := "POST /messages/import HTTP/1.1\r\nHost: a\r\n" + typedNDJSON + "\r\nTransfer-Encoding: chunked\r\n\r\n"
	go io.WriteString(c.conn, head+"12\r\n{\"text\":\"a\"}\n{\"tex\r\nx\r\n")
	if got, err := io.ReadAll(c.stream().lines); string(got) != "{\"line\":1,\"id\":1}\n" || err == nil {
		t.Errorf("got %q, %v; want one answer, cut off", got, err)
	}
	if found, _ := store.List(t.Context(), 0, 9); len(found) != 1 {
		t.Errorf("the store has %v", found)
	}
}

// An import has a bound of its own, and what is within it counts.
func TestImportThatIsTooLarge(t *testing.T) {
	store := new(messages.Memory)
	a := &api{store: store, followers: new(Followers)}
	c := dialHandler(t, func(w *httpwire.Response, r *httpwire.Request) error {
		err := writeHead(w, 200)
		r.Body.SetLimit(20)
		if err == nil {
			i := &importer{w, newLines(r.Body), batch{store: a.store, w: w}}
			err = i.run()
		}
		return problem(err)
	})
	got := c.send("POST", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"text\":\"a\"}\n\r\nd\r\n{\"text\":\"b\"}\n\r\n0\r\n\r\n").want(t, 200).body
	want := "{\"line\":1,\"id\":1}\n{\"line\":2,\"octet\":13,\"status\":413,\"detail\":\"an import has at most 1073741824 octets: send the rest as another one\"}\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTooManyImports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		followers := new(Followers)
		a := &api{store: new(messages.Memory), followers: followers}
		handler := answering(a.importLines)
		for range maxImports {
			go io.WriteString(dialHandler(t, handler).conn, "POST / HTTP/1.1\r\nHost: a\r\n"+typedNDJSON+"\r\nContent-Length: 5\r\n\r\n")
		}
		synctest.Wait()
		c := dialHandler(t, handler)
		c.doImport("{}").wantField(t, "Retry-After", "1").wantProblem(t, 503)
		if got := a.imports.Load(); got != maxImports {
			t.Errorf("%d imports are in progress, want %d", got, maxImports)
		}
	})
}
