package etcd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := script(answers(200, `{"header":{"cluster_id":"1","revision":"7"},"kvs":[{"key":"YQ==","create_revision":"2","mod_revision":"5","value":"aGk="}]}`))
		got, err := client(t, f).Range(t.Context(), RangeRequest{Key: []byte("a"), Limit: 1})
		want := []KeyValue{{Key: []byte("a"), Value: []byte("hi"), CreateRevision: 2, ModRevision: 5}}
		if err != nil || got.Header.Revision != 7 || !reflect.DeepEqual(got.KeyValues, want) {
			t.Errorf("got %+v, %v", got, err)
		}
		if want := `/v3/kv/range {"key":"YQ==","limit":"1"}`; f.asked[0] != want {
			t.Errorf("asked %q, want %q", f.asked[0], want)
		}
	})
}

// Whatever an endpoint does, the call ends in time, with its name and the octet.
func TestBadAnswers(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\n" // 17 octets
	for _, c := range []struct {
		name string
		step step
		want string
	}{
		{"closes_at_once", closes(""), "octet 0 of its answer: the connection was closed"},
		{"says_nothing", hangs(""), "octet 0 of its answer: nothing more came in time"},
		{"garbage", says("SSH-2.0-OpenSSH\r\n"), "octet 0 of its answer: status-line is not"},
		{"bare_line_feed", says("HTTP/1.1 200 OK\nA: b\n\n"), "octet 15 of its answer: line feed without"},
		{"closes_in_the_head", closes("HTTP/1.1 200"), "octet 12 of its answer: the connection was closed"},
		{"hangs_in_the_head", hangs(head), "octet 17 of its answer: nothing more came in time"},
		{"hangs_after_the_head", hangs(head + "Content-Length: 9\r\n\r\n"), "octet 38 of its answer: nothing more came in time"},
		{"hangs_in_the_body", hangs(head + "Content-Length: 9\r\n\r\n{"), "octet 39 of its answer: nothing more came in time"},
		{"closes_in_the_body", closes(head + "Content-Length: 9\r\n\r\n{}"), "octet 40 of its answer: the connection was closed"},
		{"closes_in_mid_chunk", closes(head + "Transfer-Encoding: chunked\r\n\r\n9\r\n{}"), "octet 52 of its answer: the connection was closed"},
		{"hangs_in_mid_chunk", hangs(head + "Transfer-Encoding: chunked\r\n\r\n9\r\n{}"), "octet 52 of its answer: nothing more came in time"},
		{"bad_chunk_size", says(head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nx\r\n"), "octet 54 of its answer: chunk size is not"},
		{"bad_chunk_end", says(head + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n"), "octet 51 of its answer: chunk data is not followed"},
		{"both_lengths", says(head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), "both Content-Length and Transfer-Encoding"},
		{"two_lengths", says(head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "octet 52 of its answer: Content-Length given more than once"},
		{"endless_head", says(head + strings.Repeat("A: b\r\n", 6000)), "more field lines than this"},
		{"large_head", says(head + "A: " + strings.Repeat("b", 40<<10)), "head larger than this"},
		{"endless_interim", says(strings.Repeat("HTTP/1.1 103 x\r\n\r\n", 10)), "too many interim responses"},
		{"redirects", says("HTTP/1.1 307 x\r\nLocation: http://e1:1/\r\nContent-Length: 0\r\n\r\n"), "octet 9 of its answer: it has the status code 307"},
		{"is_no_etcd", answers(404, "<h1>Not Found</h1>"), "octet 9 of its answer: it has the status code 404"},
		{"is_a_website", answers(200, "<h1>Hello</h1>"), "octet 1 of the JSON in its answer"},
		{"cut_json", answers(200, `{"header":{"rev`), "octet 15 of the JSON in its answer"},
		{"two_values", answers(200, fine+fine), "octet 45 of the JSON in its answer"},
		{"other_json", answers(200, `{"header":{"revision":"seven"}}`), "the JSON in its answer: json: invalid"},
		{"nothing_in_it", answers(200, `{}`), "has no revision; is this the client URL of an etcd?"},
		{"no_body", answers(200, ``), "octet 0 of the JSON in its answer"},
		{"declares_too_much", says(head + "Content-Length: 8388609\r\n\r\n"), "octet 44 of its answer: its body has more than the 8388608 octets allowed"},
		{"sends_too_much_in_chunks", says(head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100000\r\n"+strings.Repeat(" ", 1<<20)+"\r\n", 9)),
			"its body has more than the 8388608 octets allowed"},
		{"sends_too_much_without_a_length", closes(head + "\r\n" + strings.Repeat(" ", 8<<20+1)), "its body has more than the 8388608 octets allowed"},
		{"no_leader", answers(503, `{"error":"etcdserver: no leader","code":14}`), "etcdserver: no leader"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := client(t, script(c.step)).Range(t.Context(), RangeRequest{Key: []byte("a")})
				var unavailable *UnavailableError
				var endpoint *EndpointError
				if !errors.As(err, &unavailable) || !errors.As(err, &endpoint) || endpoint.Endpoint != "e0:1" {
					t.Fatalf("got %v", err)
				}
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q in it", err, c.want)
				}
				if took := time.Since(start); took > CallTimeout+retryPause {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// An answer is taken however it is framed, and however it is cut.
func TestGoodAnswers(t *testing.T) {
	for name, octets := range map[string]string{
		"length":  "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n" + fine,
		"chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n2b;x=y\r\n" + fine[1:] + "\r\n0\r\nA: b\r\n\r\n",
		"close":   "HTTP/1.1 200 OK\r\n\r\n" + fine,
		"1.0":     "HTTP/1.0 200 OK\r\n\r\n" + fine,
		"interim": "HTTP/1.1 103 x\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n" + fine,
	} {
		for _, piece := range []int{1, 7, 1 << 20} {
			t.Run(fmt.Sprint(name, piece), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := script(func(c net.Conn) bool {
						for rest := octets; rest != ""; rest = rest[min(piece, len(rest)):] {
							c.Write([]byte(rest[:min(piece, len(rest))]))
						}
						return name == "length" || name == "chunked" || name == "interim"
					})
					c := client(t, f)
					for range 3 {
						if got, err := c.Range(t.Context(), RangeRequest{Key: []byte("a")}); err != nil || got.Header.Revision != 7 {
							t.Errorf("got %+v, %v", got, err)
						}
					}
					if kept := f.accepted == 1; kept != (name == "length" || name == "chunked" || name == "interim") {
						t.Errorf("3 calls took %d connections", f.accepted)
					}
				})
			})
		}
	}
}

// The next endpoint is asked, and from then on first. There is a line for each
// change.
func TestEndpointsInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := script(closes(""), closes(""), answers(200, fine))
		good := script(answers(200, fine))
		c := client(t, nil, bad, good)
		var lines []string
		c.Report = func(line string) { lines = append(lines, line) }
		for range 5 {
			if _, err := c.Range(t.Context(), RangeRequest{Key: []byte("a")}); err != nil {
				t.Fatal(err)
			}
		}
		if len(bad.asked) != 1 || len(good.asked) != 5 {
			t.Errorf("asked %d and %d times, want 1 and 5", len(bad.asked), len(good.asked))
		}
		c.Probe(t.Context())
		c.Probe(t.Context())
		want := []string{
			"etcd at e0:1: connection refused",
			"etcd at e1:1: octet 0 of its answer: the connection was closed before the end of the answer",
			"etcd at e1:1: answers again",
		}
		if !reflect.DeepEqual(lines, want) {
			t.Errorf("logged\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
	})
}

// All endpoints are named, each with what it did.
func TestUnavailableNamesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := client(t, nil, script(hangs(""))).Range(t.Context(), RangeRequest{Key: []byte("a")})
		want := "etcd at e0:1: connection refused; etcd at e1:1: octet 0 of its answer: nothing more came in time"
		if err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
	})
}

// A connection that was closed while nobody used it is no failure.
func TestStaleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := script(answers(200, fine), closes(""), answers(200, fine))
		c := client(t, f)
		c.Report = func(line string) { t.Errorf("logged %q", line) }
		for range 2 {
			if _, err := c.Range(t.Context(), RangeRequest{Key: []byte("a")}); err != nil {
				t.Fatal(err)
			}
		}
		if f.accepted != 2 || len(f.asked) != 3 {
			t.Errorf("%d connections, %d requests", f.accepted, len(f.asked))
		}
	})
}

// A transaction that was sent twice says so, also over a stale connection.
func TestTxnInDoubt(t *testing.T) {
	const failed = `{"header":{"cluster_id":"1","revision":"7"},"responses":[{"response_range":{}}]}`
	request := TxnRequest{If: []Compare{{[]byte("a"), 3}}, Then: []Op{{Put: &PutRequest{[]byte("a"), nil}}}, Else: []Op{{Range: &RangeRequest{Key: []byte("a")}}}}
	for _, c := range []struct {
		name  string
		fakes []*fake
		want  bool
	}{
		{"once", []*fake{script(answers(200, failed))}, false},
		{"after_a_refused_connection", []*fake{nil, script(answers(200, failed))}, false},
		{"after_a_timeout", []*fake{script(hangs("")), script(answers(200, failed))}, true},
		{"after_a_refusal", []*fake{script(answers(503, `{"error":"etcdserver: request timed out","code":14}`)), script(answers(200, failed))}, true},
		{"after_a_close", []*fake{script(closes(""), answers(200, failed))}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := client(t, c.fakes...).Txn(t.Context(), request)
				if err != nil || got.Succeeded || got.Doubt != c.want || got.Found(0) != nil {
					t.Errorf("got %+v, %v", got, err)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		f := script(answers(200, `{"header":{"cluster_id":"1","revision":"7"},"succeeded":true}`))
		_, err := client(t, f).Txn(t.Context(), request)
		if err == nil || !strings.Contains(err.Error(), "as many parts") {
			t.Errorf("an answer without its parts: got %v", err)
		}
		want := `/v3/kv/txn {"compare":[{"key":"YQ==","target":"MOD","mod_revision":"3"}],` +
			`"success":[{"request_put":{"key":"YQ==","value":null}}],"failure":[{"request_range":{"key":"YQ=="}}]}`
		if f.asked[0] != want {
			t.Errorf("asked\n%s\nwant\n%s", f.asked[0], want)
		}
	})
}

// What every endpoint would refuse is asked once.
func TestFinalRefusals(t *testing.T) {
	for _, c := range []struct {
		json string
		is   error
	}{
		{`{"error":"etcdserver: mvcc: database space exceeded","code":8}`, ErrNoSpace},
		{`{"error":"etcdserver: mvcc: required revision has been compacted","code":11}`, ErrCompacted},
		{`{"error":"etcdserver: permission denied","code":7}`, nil},
		{`{"error":"etcdserver: request is too large","code":3}`, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := script(answers(400, c.json))
			_, err := client(t, f).Range(t.Context(), RangeRequest{Key: []byte("a")})
			var refusal *Refusal
			if !errors.As(err, &refusal) || len(f.asked) != 1 || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%s: got %v after %d requests", c.json, err, len(f.asked))
			}
		})
	}
}

// Endpoints of two clusters are not one etcd.
func TestAnotherCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := script(answers(200, fine), closes("")), script(answers(200, strings.Replace(fine, `"1"`, `"2"`, 1)))
		c := client(t, a, b)
		if _, err := c.Range(t.Context(), RangeRequest{Key: []byte("a")}); err != nil {
			t.Fatal(err)
		}
		_, err := c.Range(t.Context(), RangeRequest{Key: []byte("a")})
		if err == nil || !strings.Contains(err.Error(), `etcd at e1:1: it belongs to the cluster "2", the others to "1"`) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		_, err := client(t, script(hangs(""))).Range(ctx, RangeRequest{Key: []byte("a")})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// The token is asked for once, and again when etcd has forgotten it; the password is
// in no error.
func TestTokens(t *testing.T) {
	const forgotten = `{"error":"etcdserver: invalid auth token","code":16}`
	synctest.Test(t, func(t *testing.T) {
		f := script(answers(200, `{"token":"one"}`), answers(200, fine), answers(200, fine),
			answers(401, forgotten), answers(200, `{"token":"two"}`), answers(200, fine))
		c := client(t, f)
		c.Config.User, c.Config.Password = "root", "secret"
		for range 3 {
			if _, err := c.Range(t.Context(), RangeRequest{Key: []byte("a")}); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"", "one", "one", "one", "", "two"}; !reflect.DeepEqual(f.tokens, want) {
			t.Errorf("tokens %q, want %q", f.tokens, want)
		}
		if want := `/v3/auth/authenticate {"name":"root","password":"secret"}`; f.asked[0] != want {
			t.Errorf("asked %q", f.asked[0])
		}
	})
	for _, c := range []struct{ json, want string }{
		{`{"error":"etcdserver: authentication failed, invalid user ID or password","code":3}`, "authentication failed"},
		{`{"error":"etcdserver: authentication is not enabled","code":9}`, "authentication is not enabled"},
		{`{"token":"a\r\nHost: b"}`, "cannot be sent back"},
		{`{}`, "cannot be sent back"},
	} {
		synctest.Test(t, func(t *testing.T) {
			status := 200
			if strings.Contains(c.json, "error") {
				status = 400
			}
			client := client(t, script(answers(status, c.json)))
			client.Config.User, client.Config.Password = "root", "secret"
			_, err := client.Range(t.Context(), RangeRequest{Key: []byte("a")})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: got %v", c.json, err)
			}
		})
	}
}

// With TLS the endpoint has to be who it says it is.
func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, fine) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, c := range []struct {
		name, scheme string
		settings     *tls.Config
		want         string
	}{
		{"with_its_root", "etcds://", &tls.Config{RootCAs: roots}, ""},
		{"without_its_root", "etcds://", nil, "certificate"},
		{"without_TLS", "etcd://", nil, "status code 400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, err := ParseURL(c.scheme + server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			client := &Client{Config: config, TLS: c.settings}
			client.start()
			defer client.Close()
			_, err = client.attempt(t.Context(), client.endpoints[0], "/", nil, func(a *answer) error { return a.decode(new(RangeResponse)) })
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}
