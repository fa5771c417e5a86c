package frame

import (
	"reflect"
	"strings"
	"testing"
)

// mark stands before the octet at which a header is wrong.
const mark = '∑'

// octets reads octets written in hexadecimal, with spaces where they help, and
// returns where the mark is, or -1.
func octets(t *testing.T, s string) (b []byte, wrong int) {
	t.Helper()
	wrong = -1
	var high byte
	half := false
	for _, r := range s {
		digit := strings.IndexRune("0123456789abcdef", r)
		switch {
		case r == mark:
			wrong = len(b)
		case r == ' ':
		case digit < 0:
			t.Fatalf("%q: %q is not hexadecimal", s, r)
		case half:
			b, half = append(b, high|byte(digit)), false
		default:
			high, half = byte(digit)<<4, true
		}
	}
	return b, wrong
}

func TestParseHeader(t *testing.T) {
	key := [4]byte{1, 2, 3, 4}
	for _, c := range []struct {
		name, in string
		from     Sender
		want     Header
		rule     *Rule
	}{
		{"6455_5.2_text", "81 85 01020304", Client, Header{true, Text, true, key, 5}, nil},
		{"6455_5.2_empty", "81 80 01020304", Client, Header{true, Text, true, key, 0}, nil},
		{"6455_5.2_fragment", "02 85 01020304", Client, Header{false, Binary, true, key, 5}, nil},
		{"6455_5.2_continuation", "80 85 01020304", Client, Header{true, Continuation, true, key, 5}, nil},
		{"6455_5.2_longest_7_bits", "82 fd 01020304", Client, Header{true, Binary, true, key, 125}, nil},
		{"6455_5.2_shortest_16_bits", "82 fe 007e 01020304", Client, Header{true, Binary, true, key, 126}, nil},
		{"6455_5.2_longest_16_bits", "82 fe ffff 01020304", Client, Header{true, Binary, true, key, 65535}, nil},
		{"6455_5.2_shortest_63_bits", "82 ff 0000000000010000 01020304", Client, Header{true, Binary, true, key, 65536}, nil},
		{"6455_5.2_longest_63_bits", "82 ff 7fffffffffffffff 01020304", Client,
			Header{true, Binary, true, key, 1<<63 - 1}, nil},
		{"6455_5.5_longest_control", "8a fd 01020304", Client, Header{true, Pong, true, key, 125}, nil},
		{"6455_5.1_server", "81 05", Server, Header{true, Text, false, [4]byte{}, 5}, nil},
		{"6455_5.1_server_16_bits", "81 7e 0100", Server, Header{true, Text, false, [4]byte{}, 256}, nil},

		{"6455_5.2_rsv1", "∑c1", Client, Header{}, ReservedBits},
		{"6455_5.2_rsv2", "∑a1", Client, Header{}, ReservedBits},
		{"6455_5.2_rsv3", "∑91", Client, Header{}, ReservedBits},
		{"6455_5.2_opcode_3", "∑83", Client, Header{}, ReservedOpcode},
		{"6455_5.2_opcode_7", "∑87", Client, Header{}, ReservedOpcode},
		{"6455_5.2_opcode_b", "∑8b", Client, Header{}, ReservedOpcode},
		{"6455_5.2_opcode_f", "∑8f", Client, Header{}, ReservedOpcode},
		{"6455_5.5_close_without_fin", "∑08", Client, Header{}, FragmentedControl},
		{"6455_5.5_ping_without_fin", "∑09", Client, Header{}, FragmentedControl},
		{"6455_5.5_pong_without_fin", "∑0a", Client, Header{}, FragmentedControl},
		{"6455_5.1_unmasked", "81 ∑05", Client, Header{}, Unmasked},
		{"6455_5.1_masked_by_server", "81 ∑85", Server, Header{}, MaskedByServer},
		{"6455_5.5_control_16_bits", "89 ∑fe", Client, Header{}, LongControl},
		{"6455_5.5_control_63_bits", "88 ∑ff", Client, Header{}, LongControl},
		{"6455_5.5.1_half_a_code", "88 ∑81", Client, Header{}, CloseOfOneOctet},
		{"6455_5.2_16_bits_for_125", "81 fe 00∑7d", Client, Header{}, NotMinimal},
		{"6455_5.2_16_bits_for_0", "81 fe 00∑00", Client, Header{}, NotMinimal},
		{"6455_5.2_63_bits_for_65535", "81 ff 0000 0000 00∑00 ffff", Client, Header{}, NotMinimal},
		{"6455_5.2_64_bits", "81 ff ∑80", Client, Header{}, LengthTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, wrong := octets(t, c.in)
			for end := range len(in) {
				if wrong >= 0 && end > wrong {
					break
				}
				if h, n, err := ParseHeader(in[:end], c.from); n != 0 || err != nil {
					t.Fatalf("%x: got %v, %d, %v, want to need more", in[:end], h, n, err)
				}
			}
			in = append(in, 0xff, 0xff) // the payload, which is none of its business
			h, n, err := ParseHeader(in, c.from)
			if c.rule == nil {
				if err != nil || h != c.want || n != len(in)-2 {
					t.Errorf("got %+v, %d, %v, want %+v", h, n, err, c.want)
				}
				if again := AppendHeader(nil, h); !reflect.DeepEqual(again, in[:n]) {
					t.Errorf("encoded: got %x, want %x", again, in[:n])
				}
				return
			}
			if err == nil || err.Rule != c.rule || err.Offset != int64(wrong) {
				t.Errorf("got %v, want %s at octet %d", err, c.rule.Name, wrong)
			}
		})
	}
}
