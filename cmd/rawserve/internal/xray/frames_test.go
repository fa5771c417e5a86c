package xray

import (
	"bytes"
	"errors"
	"testing"

	"rawserve/httpwire/websocket/frame"
)

// FuzzFrames holds what package xray promises of frames too: the spans tile the input,
// and the verdict is that of the decoder that serves.
func FuzzFrames(f *testing.F) {
	for _, octets := range []string{
		"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", // RFC 6455, Section 5.7
		"\x01\x83\x37\xfa\x21\x3d\x7f\x9f\x4d\x80\x82\x3d\x37\xfa\x21\x51\x58",
		"\x89\x80\x00\x00\x00\x00\x88\x82\x00\x00\x00\x00\x03\xe8rest",
		"\x81\x82\x00\x00\x00\x00\xe2\x82", "\x82\xfe\x00\x7e\x00\x00\x00\x00part", "\x88\x83\x00\x00\x00\x00\x03\xe8\xff",
		"\xc1\x80", "\x81", "\x80\x80", "\x88\x82\x00\x00\x00\x00\x03\xed",
	} {
		f.Add([]byte(octets), false)
	}
	f.Add([]byte("\x81\x05Hello\x81\x85"), true)
	f.Fuzz(func(t *testing.T, octets []byte, fromServer bool) {
		from := frame.Client
		if fromServer {
			from = frame.Server
		}
		before := bytes.Clone(octets)
		at := 0
		var last *Message
		for m := range Frames(octets, from) {
			for _, s := range m.Spans {
				if s.Offset != at || s.Length < 1 || s.Length != len(s.Octets) {
					t.Fatalf("a span begins at octet %d and has %d octets, after octet %d", s.Offset, s.Length, at)
				}
				at += s.Length
			}
			last = m
		}
		if at != len(octets) {
			t.Errorf("the spans cover %d of %d octets", at, len(octets))
		}
		if !bytes.Equal(octets, before) {
			t.Error("the input was changed")
		}
		if last != nil {
			sameFrameVerdict(t, last, octets, from)
		}
	})
}

// sameFrameVerdict compares the verdict of the last frame with what the decoder says of
// all octets.
func sameFrameVerdict(t *testing.T, last *Message, octets []byte, from frame.Sender) {
	t.Helper()
	d := frame.Decoder{From: from, MaxMessage: -1, MaxFrames: -1}
	window, want, at := bytes.Clone(octets), Accept, 0
	for len(window) > 0 {
		n, piece, err := d.Next(window)
		var fault *frame.Error
		if errors.As(err, &fault) {
			want, at = Reject, int(fault.Offset)
			break
		}
		if n == 0 || !piece.Last {
			want = NeedMore
			break
		}
		if window = window[n:]; piece.Message == frame.Close {
			break
		}
	}
	if got := last.Verdict; got.Outcome != want || want == Reject && got.At != at {
		t.Errorf("got %v at octet %d, want %v at octet %d", got.Outcome, got.At, want, at)
	}
}
