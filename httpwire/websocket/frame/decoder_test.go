package frame

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// The key of the frames in these tests is zero, so that their payload can be read.
const key = "\x00\x00\x00\x00"

// decoding is one sequence of frames and what a Decoder makes of it: the messages
// and control frames in order, then the rule that it breaks and where.
type decoding struct {
	name   string
	frames string
	want   []string
	rule   *Rule
	offset int64
}

var decodings = []decoding{
	{"6455_5.6_text", "\x81\x85" + key + "hello", []string{"text hello"}, nil, 0},
	{"6455_5.6_empty_text", "\x81\x80" + key, []string{"text "}, nil, 0},
	{"6455_5.6_binary", "\x82\x82" + key + "\xff\x00", []string{"binary \xff\x00"}, nil, 0},
	{"6455_5.4_fragments", "\x01\x83" + key + "hel" + "\x00\x80" + key + "\x80\x82" + key + "lo",
		[]string{"text hello"}, nil, 0},
	{"6455_5.4_control_between", "\x01\x83" + key + "hel" + "\x89\x81" + key + "p" + "\x80\x82" + key + "lo",
		[]string{"ping p", "text hello"}, nil, 0},
	{"6455_5.4_all_fragments_empty", "\x02\x80" + key + "\x00\x80" + key + "\x80\x80" + key, []string{"binary "}, nil, 0},
	{"6455_5.5.2_ping", "\x89\x80" + key + "\x89\x81" + key + "x", []string{"ping ", "ping x"}, nil, 0},
	{"6455_5.5.3_pong", "\x8a\x81" + key + "x", []string{"pong x"}, nil, 0},
	{"6455_5.5.1_close", "\x88\x85" + key + "\x03\xe8bye", []string{"close 1000 bye"}, nil, 0},
	{"6455_5.5.1_close_between", "\x01\x81" + key + "a" + "\x88\x80" + key, []string{"close 1005 "}, nil, 0},
	{"6455_8.1_character_in_two_fragments", "\x01\x82" + key + "\xe2\x82" + "\x80\x81" + key + "\xac",
		[]string{"text €"}, nil, 0},
	{"6455_8.1_control_in_a_character", "\x01\x82" + key + "\xe2\x82" + "\x89\x81" + key + "\xff" + "\x80\x81" + key + "\xac",
		[]string{"ping \xff", "text €"}, nil, 0},
	{"6455_5.6_next_text_begins_anew", "\x81\x81" + key + "a" + "\x82\x81" + key + "\xff" + "\x81\x81" + key + "b",
		[]string{"text a", "binary \xff", "text b"}, nil, 0},

	{"6455_5.4_nothing_to_continue", "\x80\x81" + key + "a", nil, UnexpectedContinuation, 0},
	{"6455_5.4_nothing_to_continue_any_more", "\x81\x81" + key + "a\x00\x80", []string{"text a"}, UnexpectedContinuation, 7},
	{"6455_5.4_text_in_text", "\x01\x81" + key + "a\x81\x81", nil, ExpectedContinuation, 7},
	{"6455_5.4_binary_in_text", "\x01\x81" + key + "a\x02\x81", nil, ExpectedContinuation, 7},
	{"6455_5.5.1_after_close", "\x88\x80" + key + "\x89\x80", []string{"close 1005 "}, FrameAfterClose, 6},
	{"6455_5.2_rsv_in_the_second", "\x89\x80" + key + "\xc1", []string{"ping "}, ReservedBits, 6},
	{"6455_8.1_wrong_octet", "\x81\x85" + key + "he\xffo\xff", nil, BadText, 8},
	{"6455_8.1_wrong_in_a_fragment", "\x01\x82" + key + "\xe2\x82" + "\x80\x81" + key + "a", nil, BadText, 14},
	{"6455_8.1_cut", "\x81\x82" + key + "\xe2\x82", nil, CutText, 8},
	{"6455_8.1_cut_by_an_empty_fragment", "\x01\x81" + key + "\xe2" + "\x80\x80" + key, nil, CutText, 13},
	{"6455_7.4_code", "\x88\x82" + key + "\x03\xed", nil, BadCloseCode, 7},
	{"6455_5.5.1_reason", "\x88\x83" + key + "\x03\xe8\xff", nil, BadCloseReason, 8},
	{"6455_7.4.1_too_big", "\x82\xfe\x04\x01", nil, TooBig, 3},
	{"6455_7.4.1_too_big_together", "\x02\x81" + key + "a" + "\x80\xfe\x04\x00", nil, TooBig, 10},
	{"6455_7.4.1_largest", "\x82\xfe\x04\x00" + key + strings.Repeat("x", 1024),
		[]string{"binary " + strings.Repeat("x", 1024)}, nil, 0},
	{"6455_10.4_fragments_without_end", "\x02\x80" + key + strings.Repeat("\x00\x80"+key, 8), nil, TooManyFrames, 8*6 + 1},
	{"6455_10.4_pings_in_a_message", "\x02\x80" + key + strings.Repeat("\x89\x80"+key, 8), strings.Split(
		strings.Repeat("ping ,", 6)+"ping ", ","), TooManyFrames, 8*6 + 1},
	{"6455_5.5.2_pings_between_messages", strings.Repeat("\x89\x80"+key, 20), strings.Split(
		strings.Repeat("ping ,", 19)+"ping ", ","), nil, 0},
}

func TestDecoder(t *testing.T) {
	for _, c := range decodings {
		t.Run(c.name, func(t *testing.T) {
			for size := 1; size <= len(c.frames); size++ {
				got, err := decode([]byte(c.frames), size)
				if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
					t.Errorf("reads of %d octets: got %q, want %q", size, got, c.want)
				}
				var fault *Error
				switch {
				case c.rule == nil && err != nil:
					t.Errorf("reads of %d octets: got %v", size, err)
				case c.rule != nil && (!errors.As(err, &fault) || fault.Rule != c.rule || fault.Offset != c.offset):
					t.Errorf("reads of %d octets: got %v, want %s at octet %d", size, err, c.rule.Name, c.offset)
				}
				if size == 16 {
					size = max(size, len(c.frames)-1) // and whole
				}
			}
		})
	}
}

// decode reads frames that arrive in pieces of so many octets. What has been used is
// overwritten, so that nobody can keep it.
func decode(frames []byte, size int) (got []string, err error) {
	d := Decoder{MaxMessage: 1024, MaxFrames: 8}
	var window, message []byte
	for {
		n, piece, err := d.Next(window)
		if err != nil {
			return got, err
		}
		if n == 0 {
			if len(frames) == 0 {
				return got, nil
			}
			more := min(size, len(frames))
			window, frames = append(window, frames[:more]...), frames[more:]
			continue
		}
		if piece.Message.IsControl() {
			payload := string(piece.Payload)
			if piece.Message == Close {
				payload = piece.Code.String() + " " + string(piece.Reason)
			}
			got = append(got, piece.Message.String()+" "+payload)
		} else if message = append(message, piece.Payload...); piece.EndsMessage() {
			got, message = append(got, piece.Message.String()+" "+string(message)), nil
		}
		copy(window, bytes.Repeat([]byte{'#'}, n))
		window = window[n:]
	}
}

// Frames of a server come without masks, and everything else is the same.
func TestDecoderOfServer(t *testing.T) {
	d := Decoder{From: Server}
	n, piece, err := d.Next([]byte("\x81\x05hello\x81"))
	if n != 7 || err != nil || string(piece.Payload) != "hello" || !piece.EndsMessage() || !piece.First {
		t.Errorf("got %d, %+v, %v", n, piece, err)
	}
}

// A frame that begins and ends in the window is one piece, and nothing is allocated.
func TestDecoderAllocatesNothing(t *testing.T) {
	frames := []byte("\x81\x85" + key + "hello")
	var d Decoder
	if got := testing.AllocsPerRun(100, func() {
		if n, _, err := d.Next(frames); n != len(frames) || err != nil {
			t.Fatal(n, err)
		}
	}); got != 0 {
		t.Errorf("got %v allocations", got)
	}
}

func BenchmarkDecoder(b *testing.B) {
	for _, size := range []int{16, 1 << 10, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			h := Header{Fin: true, Opcode: Text, Masked: true, Length: int64(size)}
			frames := append(AppendHeader(nil, h), bytes.Repeat([]byte{'x'}, size)...)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var d Decoder
			for b.Loop() {
				d.Next(frames)
			}
		})
	}
}
