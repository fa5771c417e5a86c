package httpwire

import (
	"testing"
)

// TestPersistence: whether the connection is kept open, what the response says
// about it, and the reason that is given. After every request stands another
// one, which is answered only if the connection is kept open.
func TestPersistence(t *testing.T) {
	http10 := func(fields string) string { return "GET / HTTP/1.0\r\n" + fields + "\r\n" }
	for _, test := range []struct {
		name, head string
		connection string // field of the first response
		want       CloseReason
	}{
		{"9112_9.3_http11", get("/"), "!Connection", ReasonClientClosed},
		{"9112_9.3_http11_close", getAndClose("/"), "Connection: close", ReasonRequested},
		{"9112_9.3_close_wins_over_keep_alive", request("GET", "/", "Connection: close, keep-alive"),
			"Connection: close", ReasonRequested},
		{"9112_9.3_close_on_a_second_line", request("GET", "/", "Connection: x", "Connection: CLOSE"),
			"Connection: close", ReasonRequested},
		{"9112_9.3_http10", http10(""), "Connection: close", ReasonHTTP10},
		{"9112_9.3_http10_keep_alive", http10("Connection: Keep-Alive\r\n"),
			"Connection: keep-alive", ReasonClientClosed},
		{"9112_9.3_http10_keep_alive_and_close", http10("Connection: keep-alive, close\r\n"),
			"Connection: close", ReasonHTTP10},
		{"9112_2.3_http12_is_served_as_11", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "!Connection", ReasonClientClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, &Server{Handler: hello})
			c.send(test.head + get("/next"))
			c.closeWrite()
			c.expect("200 length 3 1 /", test.connection)
			if test.want == ReasonClientClosed {
				c.expect("200 length 7 2 /next", "!Connection")
			}
			c.expectClosed(test.want)
		})
	}
}
