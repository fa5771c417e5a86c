package frame

import (
	"errors"
	"fmt"
	"testing"
)

// slow reads frames an octet at a time, in the order of RFC 6455, Section 5.2: an
// obvious reading, to compare the Decoder with. Its limits are those of decode.
type slow struct {
	frames []byte
	at     int
	got    []string

	message Opcode // in progress
	text    []byte // its payload
	count   int    // frames since the last message
}

// end is what a slow reader panics with when no octet is left.
var errEnd = errors.New("end")

func (s *slow) octet() byte {
	if s.at == len(s.frames) {
		panic(errEnd)
	}
	s.at++
	return s.frames[s.at-1]
}

// last is the error for the octet read last.
func (s *slow) last(r *Rule) { panic(r.At(s.at - 1)) }

func (s *slow) number(octets int) (n uint64) {
	for i := range octets {
		n = n<<8 | uint64(s.octet())
		if octets == 8 && i == 0 && n > 0x7f {
			s.last(LengthTooLarge)
		}
		if octets == 8 && i == 5 && n == 0 {
			s.last(NotMinimal)
		}
	}
	return n
}

// frame reads one frame. It reports whether that was a close frame.
func (s *slow) frame() (closed bool) {
	first := s.octet()
	fin, opcode := first >= 0x80, Opcode(first%16)
	control := opcode == Close || opcode == Ping || opcode == Pong
	switch {
	case first/16%8 != 0:
		s.last(ReservedBits)
	case !control && opcode > Binary:
		s.last(ReservedOpcode)
	case control && !fin:
		s.last(FragmentedControl)
	case opcode == Continuation && s.message == 0:
		s.last(UnexpectedContinuation)
	case (opcode == Text || opcode == Binary) && s.message != 0:
		s.last(ExpectedContinuation)
	}
	second := s.octet()
	length := uint64(second % 128)
	switch {
	case second < 128:
		s.last(Unmasked)
	case control && length > 125:
		s.last(LongControl)
	case opcode == Close && length == 1:
		s.last(CloseOfOneOctet)
	case length == 126:
		if length = s.number(2); length < 126 {
			s.last(NotMinimal)
		}
	case length == 127:
		length = s.number(8)
	}
	s.count++
	switch {
	case s.count > 8:
		s.last(TooManyFrames)
	case !control && length+uint64(len(s.text)) > 1024:
		s.last(TooBig)
	}
	var key [4]byte
	for i := range key {
		key[i] = s.octet()
	}
	if control {
		return s.control(opcode, s.payload(length, key))
	}
	if opcode != Continuation {
		s.message = opcode
	}
	begin, before := s.at, len(s.text)
	for i := range length {
		s.text = append(s.text, s.octet()^key[i%4])
		if wrong := firstWrong(s.text); s.message == Text && wrong >= 0 && wrong < len(s.text) {
			panic(BadText.At(begin + wrong - before))
		}
	}
	if fin {
		if s.message == Text && firstWrong(s.text) >= 0 {
			panic(CutText.At(s.at))
		}
		s.got = append(s.got, s.message.String()+" "+string(s.text))
		s.message, s.text, s.count = 0, nil, 0
	}
	return false
}

func (s *slow) payload(length uint64, key [4]byte) (p []byte) {
	for i := range length {
		p = append(p, s.octet()^key[i%4])
	}
	return p
}

func (s *slow) control(opcode Opcode, payload []byte) (closed bool) {
	if s.message == 0 {
		s.count = 0
	}
	if opcode != Close {
		s.got = append(s.got, opcode.String()+" "+string(payload))
		return false
	}
	code, reason, err := ParseClose(payload) // which has a table of its own
	if err != nil {
		panic(err.after(int64(s.at - len(payload))))
	}
	s.got = append(s.got, "close "+code.String()+" "+string(reason))
	return true
}

// read reads all frames.
func (s *slow) read() (err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case *Error:
			err = value
		case error:
			if value != errEnd {
				panic(value)
			}
		}
	}()
	for !s.frame() {
	}
	s.octet() // if there is one, it begins a frame after the close frame
	first := s.frames[s.at-1]
	switch opcode := Opcode(first % 16); {
	case first/16%8 != 0:
		s.last(ReservedBits)
	case !opcode.isKnown():
		s.last(ReservedOpcode)
	case opcode.IsControl() && first < 128:
		s.last(FragmentedControl)
	}
	s.last(FrameAfterClose)
	return nil
}

func FuzzDecoder(f *testing.F) {
	for _, d := range decodings {
		f.Add([]byte(d.frames), uint8(1))
	}
	for _, text := range texts {
		f.Add(append(AppendHeader(nil, Header{Fin: true, Opcode: Text, Masked: true, Length: int64(len(text))}), text...), uint8(3))
	}
	f.Fuzz(func(t *testing.T, frames []byte, size uint8) {
		s := slow{frames: frames}
		want := s.read()
		got, err := decode(append([]byte(nil), frames...), int(size)+1)
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", s.got) {
			t.Errorf("got %q, want %q", got, s.got)
		}
		if fmt.Sprint(err) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", err, want)
		}
	})
}
