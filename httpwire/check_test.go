package httpwire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// check compares one thing.
func check[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %.500s, want %.500s", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

// checkError checks that err is, or wraps, the wanted one.
func checkError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// checkContains checks that a text has a part.
func checkContains(t *testing.T, what, got, part string) {
	t.Helper()
	if !strings.Contains(got, part) {
		t.Errorf("%s: got %.2000q, want %q in it", what, got, part)
	}
}

// excerpt quotes octets, and leaves out the middle of many.
func excerpt(octets string) string {
	const most = 300
	if len(octets) <= 2*most {
		return fmt.Sprintf("%q", octets)
	}
	return fmt.Sprintf("%q … %d octets … %q", octets[:most], len(octets)-2*most, octets[len(octets)-most:])
}
