package websocket

import (
	"context"
	"strings"
	"testing"

	"rawserve/httpwire"
)

// with returns the handshake with a field line instead of the one of the same name, or
// without it if value is "".
func with(name, value string) string {
	var kept []string
	for line := range strings.SplitSeq(strings.TrimSuffix(handshake, "\r\n"), "\r\n") {
		if !strings.HasPrefix(line, name+":") {
			kept = append(kept, line)
		}
	}
	if value != "" {
		kept = append(kept, name+": "+value)
	}
	return strings.Join(kept, "\r\n") + "\r\n"
}

func TestHandshake(t *testing.T) {
	for _, c := range []struct {
		name, request string
		status        string
		fields        []string
	}{
		{"6455_4.2.2_accept", handshake, "101", []string{"Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}},
		{"6455_4.2.1_names_without_case", with("Upgrade", "WebSOCKET"), "101", nil},
		{"6455_4.2.1_among_others", with("Upgrade", "chat/1, , websocket"), "101", nil},
		{"6455_4.2.1_connection_on_two_lines", handshake + "Connection: x\r\n", "101", nil},
		{"6455_9.1_extensions_are_declined", handshake + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
			"101", []string{"!Sec-WebSocket-Extensions"}},
		{"6455_4.2.2_subprotocol_of_our_choice", handshake + "Sec-WebSocket-Protocol: one, two\r\nSec-WebSocket-Protocol: three\r\n",
			"101", []string{"Sec-WebSocket-Protocol: three"}},
		{"6455_4.2.2_no_common_subprotocol", handshake + "Sec-WebSocket-Protocol: one, Two\r\n", "101", []string{"!Sec-WebSocket-Protocol"}},

		{"6455_4.1_post", strings.Replace(handshake, "GET", "POST", 1), "400", nil},
		{"6455_4.1_http_1.0", strings.Replace(handshake, "HTTP/1.1", "HTTP/1.0", 1), "400", nil},
		{"9110_15.5.22_no_offer", "GET /ws HTTP/1.1\r\nHost: a\r\n", "426",
			[]string{"Upgrade: websocket", "Connection: upgrade", "Sec-WebSocket-Version: 13"}},
		{"9110_7.8_another_protocol", with("Upgrade", "h2c"), "426", nil},
		{"9110_7.8_without_the_option", with("Connection", "keep-alive"), "400", nil},
		{"6455_4.4_version", with("Sec-WebSocket-Version", "8"), "426", []string{"Sec-WebSocket-Version: 13"}},
		{"6455_4.2.1_versions", with("Sec-WebSocket-Version", "13, 8"), "426", nil},
		{"6455_4.2.1_no_version", with("Sec-WebSocket-Version", ""), "426", nil},
		{"6455_4.2.1_no_key", with("Sec-WebSocket-Key", ""), "400", nil},
		{"6455_4.2.1_short_key", with("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAA"), "400", nil},
		{"6455_4.2.1_not_base64", with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ!!"), "400", nil},
		{"6455_11.3.1_two_keys", handshake + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "400", nil},
		{"9110_7.8_body", handshake + "Content-Length: 2\r\n", "400", nil},

		{"6455_10.2_same_host", handshake + "Origin: http://a\r\n", "101", nil},
		{"6455_10.2_same_host_by_TLS", handshake + "Origin: https://A:443\r\n", "101", nil},
		{"6455_10.2_allowed", handshake + "Origin: https://good.example\r\n", "101", nil},
		{"6455_10.2_another_host", handshake + "Origin: http://evil.example\r\n", "403", nil},
		{"6455_10.2_another_port", handshake + "Origin: http://a:8080\r\n", "403", nil},
		{"6455_10.2_beginning_of_the_host", handshake + "Origin: http://a.evil.example\r\n", "403", nil},
		{"6455_10.2_null", handshake + "Origin: null\r\n", "403", nil},
		{"6455_10.2_file", handshake + "Origin: file://a\r\n", "403", nil},
		{"6455_10.2_two", handshake + "Origin: http://a\r\nOrigin: http://a\r\n", "403", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &Endpoint{Subprotocols: []string{"three", "two"}, Origins: []string{"https://good.example"}}
			p := connect(t, e.Handler(echo))
			p.Send(c.request + "\r\n")
			head := p.Head()
			if !strings.HasPrefix(head, "HTTP/1.1 "+c.status) {
				t.Errorf("got %q, want %s", head, c.status)
			}
			for _, field := range c.fields {
				unwanted, not := strings.CutPrefix(field, "!")
				if strings.Contains(head, "\r\n"+unwanted) == not {
					t.Errorf("got %q, want %s", head, field)
				}
			}
			if c.status != "101" && !strings.Contains(head, "application/problem+json") {
				t.Errorf("got %q, want a problem", head)
			}
		})
	}
}

func TestAnyOrigin(t *testing.T) {
	e := &Endpoint{Origins: []string{"*"}}
	p := connect(t, e.Handler(echo))
	p.Send(handshake + "Origin: http://evil.example\r\n\r\n")
	if head := p.Head(); !strings.HasPrefix(head, "HTTP/1.1 101") {
		t.Errorf("got %q", head)
	}
}

func TestSubprotocol(t *testing.T) {
	e := &Endpoint{Subprotocols: []string{"two"}}
	p := connect(t, e.Handler(func(c *Conn) { c.Write(context.Background(), Text, []byte(c.Subprotocol())) }))
	p.Send(handshake + "Sec-WebSocket-Protocol: one, two\r\n\r\n")
	p.Head()
	p.Expect("text two")
}

// A request can still be answered as HTTP after a handshake that failed.
func TestRefusedHandshakeLeavesHTTP(t *testing.T) {
	var e Endpoint
	p := connect(t, func(w *httpwire.Response, r *httpwire.Request) error {
		if _, err := e.Accept(w, r); err == nil {
			t.Error("no error")
		}
		return w.SetStatus(204)
	})
	p.Send(with("Sec-WebSocket-Version", "8") + "\r\n")
	if head := p.Head(); !strings.HasPrefix(head, "HTTP/1.1 204") {
		t.Errorf("got %q", head)
	}
}
