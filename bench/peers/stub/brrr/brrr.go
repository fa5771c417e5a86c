// Package brrr stands in for the brotli package that fasthttp imports.
// The benchmark compresses nothing, so this stand-in has the names fasthttp
// needs to compile and refuses to work when it is called.
package brrr

import (
	"errors"
	"io"
)

// The levels that fasthttp names.
const (
	BestSpeed       = 0
	BestCompression = 11
)

var errStub = errors.New("brrr: the benchmark has no brotli")

// Reader refuses to decompress.
type Reader struct{}

// NewReader returns a Reader that fails.
func NewReader(io.Reader) *Reader { return &Reader{} }

// Reset does nothing.
func (*Reader) Reset(io.Reader) error { return nil }

// Read fails.
func (*Reader) Read([]byte) (int, error) { return 0, errStub }

// Writer refuses to compress.
type Writer struct{}

// NewWriter returns a Writer that fails.
func NewWriter(io.Writer, int) (*Writer, error) { return &Writer{}, nil }

// Reset does nothing.
func (*Writer) Reset(io.Writer) {}

// Write fails.
func (*Writer) Write([]byte) (int, error) { return 0, errStub }

// Flush fails.
func (*Writer) Flush() error { return errStub }

// Close fails.
func (*Writer) Close() error { return errStub }
