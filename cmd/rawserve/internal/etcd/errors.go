package etcd

import (
	"errors"
	"fmt"
	"strings"
)

// EndpointError says which endpoint failed, and how.
type EndpointError struct {
	Endpoint string // host:port
	Err      error
}

// Error returns the endpoint and what went wrong.
func (e *EndpointError) Error() string { return "etcd at " + e.Endpoint + ": " + e.Err.Error() }

// Unwrap returns what went wrong.
func (e *EndpointError) Unwrap() error { return e.Err }

// fault is an answer that cannot be used, from an octet on.
type fault struct {
	octet int64 // counted from the first one of the answer, framing included
	err   error
}

func (f *fault) Error() string { return fmt.Sprintf("octet %d of its answer: %v", f.octet, f.err) }
func (f *fault) Unwrap() error { return f.err }

// UnavailableError says that no endpoint answered in time.
type UnavailableError struct {
	Causes []error // an *EndpointError for each endpoint that was asked
}

// Error names every endpoint that was asked, and how it failed.
func (e *UnavailableError) Error() string {
	if len(e.Causes) == 0 {
		return "no time was left to ask etcd"
	}
	var b strings.Builder
	for i, cause := range e.Causes {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(cause.Error())
	}
	return b.String()
}

// Unwrap returns the causes.
func (e *UnavailableError) Unwrap() []error { return e.Causes }

// Refusal is an error that etcd answers with.
type Refusal struct {
	Code    int // of gRPC
	Message string
}

// Error returns etcd's own words.
func (r *Refusal) Error() string { return r.Message }

// Is reports whether the refusal is one of ErrNoSpace and ErrCompacted. Only etcd's
// words tell them from others with the same code.
func (r *Refusal) Is(target error) bool {
	switch target {
	case ErrNoSpace:
		return strings.Contains(r.Message, "database space exceeded")
	case ErrCompacted:
		return strings.Contains(r.Message, "has been compacted")
	}
	return false
}

// Errors that a Refusal may be.
var (
	ErrNoSpace   = errors.New("etcd: its quota is used up")
	ErrCompacted = errors.New("etcd: that revision is compacted")
)

// Codes of gRPC.
const (
	codeInvalidArgument    = 3
	codeNotFound           = 5
	codePermissionDenied   = 7
	codeFailedPrecondition = 9
	codeOutOfRange         = 11
	codeUnauthenticated    = 16
)

// final reports whether every endpoint would refuse in the same way. All other
// refusals are about the state of one endpoint or its leader: no leader, timed out,
// too many requests.
func (r *Refusal) final() bool {
	switch r.Code {
	case codeInvalidArgument, codeNotFound, codePermissionDenied, codeFailedPrecondition, codeOutOfRange, codeUnauthenticated:
		return true
	}
	return r.Is(ErrNoSpace)
}

// wantsToken reports whether another token may help: etcd forgets tokens after a
// while, and all of them when users or roles change. Such a refusal comes before
// anything is done.
func (r *Refusal) wantsToken() bool {
	return r.Code == codeUnauthenticated || strings.Contains(r.Message, "revision of auth store is old") ||
		strings.Contains(r.Message, "user name is empty")
}

// CompactedError says that a watch cannot begin where it was asked to.
type CompactedError struct {
	Revision int64 // all changes up to this one may be gone
}

// Error says so.
func (e *CompactedError) Error() string {
	return fmt.Sprintf("etcd has compacted the changes up to revision %d", e.Revision)
}
