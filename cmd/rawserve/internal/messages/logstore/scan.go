package logstore

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// scanner reads the lines of a part of a file.
type scanner struct {
	octets *bufio.Reader
	long   []byte // a line that is longer than the buffer of octets
	offset int64  // of the next line
}

func newScanner(f io.ReaderAt, from, to int64) *scanner {
	return &scanner{bufio.NewReaderSize(io.NewSectionReader(f, from, to-from), 64<<10), nil, from}
}

// next returns the next line with its line feed, if it has one. What is longer than
// lineAtMost comes in parts. The line is valid until the next call. At the end the
// error is io.EOF.
func (s *scanner) next() ([]byte, error) {
	line, err := s.octets.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		s.long = append(s.long[:0], line...)
		for errors.Is(err, bufio.ErrBufferFull) && len(s.long) < lineAtMost {
			line, err = s.octets.ReadSlice('\n')
			s.long = append(s.long, line...)
		}
		line = s.long
	}
	s.offset += int64(len(line))
	if len(line) > 0 && (err == io.EOF || errors.Is(err, bufio.ErrBufferFull)) {
		err = nil
	}
	return line, err
}

// sector is what a disk writes whole or not at all, in octets.
const sector = 512

// torn reports whether the end of a file, which begins at an offset with something
// that is no record, is the rest of a write that was under way when the power
// failed or the process was killed. Nobody was told that those records are kept: so
// they may be cut off.
//
// Such a write leaves less than it should have: the last line ends too early, or
// sectors in its midst were not written and are zero, as no record is. Whatever
// else is wrong was done to records that were on the disk already, and so was
// everything that precedes a record of a later write.
func torn(end []byte, offset int64) bool {
	for line := range bytes.Lines(end) {
		var r record
		line = line[bytes.LastIndexByte(line, 0)+1:] // what follows a hole may be a record, too
		if parseLine(line, &r) && !r.Joined {
			return false
		}
	}
	return cutShort(end) || hasZeroSector(end, offset)
}

// cutShort reports whether these octets may be the beginning of a line: there is no
// end of one, nor is there more than an end would leave room for.
func cutShort(end []byte) bool {
	start := bytes.Index(end, []byte(sealStart)) // no text has it: quotation marks are escaped there
	return !bytes.Contains(end, []byte("\n")) && (start < 0 || len(end) < start+sealSize)
}

// hasZeroSector reports whether one of the sectors that these octets lie in has
// nothing of them but zeros.
func hasZeroSector(octets []byte, offset int64) bool {
	for len(octets) > 0 {
		n := min(sector-int(offset%sector), len(octets))
		if len(bytes.TrimLeft(octets[:n], "\x00")) == 0 {
			return true
		}
		octets, offset = octets[n:], offset+int64(n)
	}
	return false
}
