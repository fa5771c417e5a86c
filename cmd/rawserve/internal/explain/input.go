package explain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"rawserve/cmd/rawserve/internal/lint"
	"rawserve/cmd/rawserve/internal/xray"
	"rawserve/conformance"
	"rawserve/httpwire/websocket/frame"
)

// Bounds of what is explained. What is longer than maxInput is cut, and said to
// be. Messages beyond maxMessages are judged, but not shown.
const (
	maxInput    = 64 << 20 // octets
	maxMessages = 1000     // of one stream
	maxReads    = 1 << 16  // that -split makes
)

// stream is what is to be explained: the octets of one direction of one
// connection.
type stream struct {
	title   string // "" if there is only one
	octets  []byte
	options xray.Options
	frames  bool         // the octets are WebSocket frames,
	from    frame.Sender // of this side
	sent    []byte       // the requests that responses answer; nil if they are not known
	marks   []lint.Mark  // how many octets of them were sent when these came
	lossy   bool         // some octets are dots
	cut     int          // octets after which the input went on unread, 0 if it did not
}

// messages yields the messages of a stream, responses with their findings. Octets
// that are not those that were sent prove nothing.
func (s *stream) messages() iter.Seq[*xray.Message] {
	if s.frames {
		return xray.Frames(s.octets, s.from)
	}
	all := xray.Each(s.octets, s.options)
	if s.options.Type == "request" || s.lossy {
		return all
	}
	c := lint.Conversation{Responses: s.octets, Requests: s.sent, Marks: s.marks}
	if s.sent == nil {
		return c.Each(all, nil)
	}
	return c.Each(all, xray.Each(s.sent, xray.Options{Type: "request"}))
}

// cutReason says what was left out of a stream.
func (s *stream) cutReason() string {
	return fmt.Sprintf("the input is longer than %d octets, and explain reads no more: nothing is said about what follows octet %d",
		s.cut, len(s.octets)-1)
}

// input reads what is to be explained.
func (o *explainOptions) input(stdin io.Reader, stderr io.Writer) ([]stream, error) {
	if o.name != "" && o.file == "" {
		return builtInCase(o.name)
	}
	data, err := o.read(stdin, stderr)
	if err != nil {
		return nil, err
	}
	cut := 0
	if len(data) > o.most {
		data, cut = data[:o.most], o.most
	}
	var streams []stream
	switch wire := isWire(data) || strings.HasSuffix(o.file, ".wire"); {
	case cut > 0 && (wire || o.escapes):
		return nil, fmt.Errorf("a text of more than %d octets", o.most)
	case o.escapes:
		data, err = unescape(data)
		streams = []stream{{octets: data}}
	case wire:
		streams, err = wireStreams(o.file, data, o.name)
	case o.kind != "":
		streams = []stream{{octets: data}}
	default:
		streams, err = curlOrOctets(data)
	}
	for i := range streams {
		streams[i].cut = cut
		streams[i].frames, streams[i].from = o.framesOf(streams[i].octets)
	}
	if err == nil && o.split != "" {
		err = o.resplit(streams)
	}
	return streams, err
}

// curlOrOctets returns what a trace of curl holds, or the octets as they are.
func curlOrOctets(data []byte) ([]stream, error) {
	switch recogniseCurl(data) {
	case curlTraced:
		return curlStreams(data)
	case curlVerbose:
		return nil, errVerbose
	}
	return []stream{{octets: data}}, nil
}

// framesOf reports whether -type says that octets are WebSocket frames, and of which
// side: if it leaves that open, the mask of the first frame tells.
func (o *explainOptions) framesOf(octets []byte) (frames bool, from frame.Sender) {
	server := o.kind == typeServerFrames || o.kind == typeFrames && len(octets) > 1 && octets[1]&0x80 == 0
	if server {
		from = frame.Server
	}
	return o.kind != "", from
}

// resplit delivers streams in reads of the size that -split asks for.
func (o *explainOptions) resplit(streams []stream) error {
	size, err := strconv.Atoi(o.split)
	if err != nil {
		size = 1 // each
	}
	for i := range streams {
		s := &streams[i]
		if len(s.octets)/size > maxReads {
			return fmt.Errorf("-split %s makes more than %d reads of these octets; choose a larger number", o.split, maxReads)
		}
		s.options.Cuts, s.options.Steps = nil, true
		for at := size; at < len(s.octets); at += size {
			s.options.Cuts = append(s.options.Cuts, at)
		}
	}
	return nil
}

// read returns the octets of the file, of standard input, or of the command line:
// the most that are read, and one more if there are more.
func (o *explainOptions) read(stdin io.Reader, stderr io.Writer) ([]byte, error) {
	source := stdin
	switch {
	case o.file == "" || o.file == "-":
		if f, ok := stdin.(*os.File); ok && isTerminal(f) {
			fmt.Fprintln(stderr, "rawserve explain: reading octets from the terminal; end with Ctrl-D (-h shows what else it takes)")
		}
	default:
		f, err := os.Open(o.file)
		if err != nil && o.escapes && strings.Contains(o.file, `\`) {
			return []byte(o.file), nil
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		source = f
	}
	return io.ReadAll(io.LimitReader(source, int64(o.most)+1))
}

// escapes maps the letter after a backslash to its octet.
var escapes = map[byte]byte{'r': '\r', 'n': '\n', 't': '\t', '0': 0, '\\': '\\', 's': ' '}

// unescape undoes the escapes of a text, and leaves out its line breaks.
func unescape(text []byte) ([]byte, error) {
	octets := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' || c == '\r':
		case c != '\\':
			octets = append(octets, c)
		default:
			octet, length, err := escape(text[i:])
			if err != nil {
				return nil, fmt.Errorf("-e: character %d: %w", i+1, err)
			}
			octets = append(octets, octet)
			i += length - 1
		}
	}
	return octets, nil
}

// escape reads the escape that text begins with.
func escape(text []byte) (octet byte, length int, err error) {
	if len(text) < 2 {
		return 0, 0, errors.New(`a backslash at the end: write \\ for one`)
	}
	if octet, known := escapes[text[1]]; known {
		return octet, 2, nil
	}
	if text[1] != 'x' {
		return 0, 0, fmt.Errorf(`unknown escape \%s: known are \r \n \t \0 \\ \s \xHH`, xray.Visible(text[1:2]))
	}
	if len(text) < 4 {
		return 0, 0, errors.New(`\x needs two hexadecimal digits`)
	}
	n, err := strconv.ParseUint(string(text[2:4]), 16, 8)
	if err != nil {
		return 0, 0, errors.New(`\x needs two hexadecimal digits`)
	}
	return byte(n), 4, nil
}

// isWire reports whether data is a file of conformance cases: its first line
// that is neither empty nor a comment begins one. No request begins like that.
func isWire(data []byte) bool {
	for line := range bytes.Lines(data[:min(len(data), 64<<10)]) {
		if line[0] != '#' && line[0] != '\n' {
			return bytes.HasPrefix(line, []byte("@id "))
		}
	}
	return false
}

// wireStreams returns what the cases of a .wire file send.
func wireStreams(name string, data []byte, id string) ([]stream, error) {
	file, err := conformance.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return caseStreams([]*conformance.File{file}, id)
}

// builtInCase returns what a case of the built-in corpus sends.
func builtInCase(id string) ([]stream, error) {
	files, err := conformance.Corpus()
	if err != nil {
		return nil, err
	}
	return caseStreams(files, id)
}

// caseStreams returns what the cases send, or the one with an id.
func caseStreams(files []*conformance.File, id string) (streams []stream, err error) {
	for _, file := range files {
		for _, c := range file.Cases {
			if id != "" && c.ID != id {
				continue
			}
			for i, sent := range c.Sent("localhost:3000") {
				title := c.ID + ": " + c.Title
				if i > 0 {
					title += fmt.Sprintf(" (connection %d)", i+1)
				}
				streams = append(streams, stream{title: title, octets: sent.Octets, options: xray.Options{Type: "request", Cuts: sent.Reads}})
			}
		}
	}
	if streams == nil {
		return nil, fmt.Errorf("there is no case %q (rawserve conform -list names them)", id)
	}
	return streams, nil
}
