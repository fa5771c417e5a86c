package explain

import (
	"strings"
	"testing"
)

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, kind, in string
		status         int
		want           []string
	}{
		{"6455_5.7_masked_text", "websocket", `\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58`, exitAccepted,
			[]string{"text, the whole message (FIN)", "masked, 5 octets of payload", "unmasked payload: Hello", "ACCEPT"}},
		{"6455_5.7_fragments_of_a_server", "websocket", `\x01\x03Hel\x80\x02lo`, exitAccepted,
			[]string{"text, more fragments follow", "continuation, the last fragment of its", "payload: lo"}},
		{"6455_5.5_control", "websocket", `\x89\x80\0\0\0\0\x88\x82\0\0\0\0\x03\xe8`, exitAccepted,
			[]string{"ping, a control frame", "a pong with the same payload", `code 1000, reason ""`}},
		{"6455_8.1_text", "websocket-server", `\x81\x02\xe2a`, exitRejected,
			[]string{"REJECT", "octet 3: text that is not UTF-8", "a close frame with code 1007", "RFC 6455, Section 8.1"}},
		{"6455_5.1_unmasked", "websocket-client", `\x81\x02hi`, exitRejected, []string{"octet 1: frame of a client that is not masked"}},
		{"half_a_frame", "websocket", `\x81\x85\0\0`, exitIncomplete, []string{"NEED MORE", "the rest of the frame"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			stdout, stderr, status := run(t, "", "-type", c.kind, "-e", c.in)
			if status != c.status || stderr != "" {
				t.Errorf("exit status %d, want %d; %s", status, c.status, stderr)
			}
			for _, part := range c.want {
				if !strings.Contains(stdout, part) {
					t.Errorf("got\n%s\nwithout %q", stdout, part)
				}
			}
		})
	}
}

func TestFrameFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-type", "http"}, {"-type", "websocket", "-split", "1"}, {"-type", "websocket", "-hidden"},
	} {
		if _, stderr, status := run(t, "x", args...); status != exitUsage || !strings.Contains(stderr, "-type") {
			t.Errorf("%q: exit status %d, %q", args, status, stderr)
		}
	}
}
