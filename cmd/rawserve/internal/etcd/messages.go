package etcd

import (
	"encoding/json"
	"errors"
)

// What is asked and answered, as the JSON mapping of etcd's protocol has it:
// numbers of 64 bits are strings, octets are base64, and zero values are left out.

// Header begins every answer.
type Header struct {
	Cluster  string `json:"cluster_id"`
	Revision int64  `json:"revision,string"` // of the whole etcd, at the time of the answer
}

func (h Header) header() Header { return h }

// errNoEtcd says that JSON is not that of etcd, which counts revisions from 1.
var errNoEtcd = errors.New("its answer has no revision; is this the client URL of an etcd?")

// check returns an error if the answer to a transaction is not whole.
func (r *TxnResponse) check(request TxnRequest) error {
	want := len(request.Else)
	if r.Succeeded {
		want = len(request.Then)
	}
	if len(r.Responses) != want {
		return errors.New("its answer to a transaction does not have as many parts as the transaction")
	}
	return nil
}

// KeyValue is a key as it stands at a revision.
type KeyValue struct {
	Key            []byte `json:"key"`
	Value          []byte `json:"value"`
	CreateRevision int64  `json:"create_revision,string"`
	ModRevision    int64  `json:"mod_revision,string"`
}

// RangeRequest asks for the keys from Key to before RangeEnd, in ascending order, or
// for Key alone if there is no RangeEnd. The answer is the present one (linearizable)
// unless it is asked for that of a Revision.
type RangeRequest struct {
	Key      []byte `json:"key"`
	RangeEnd []byte `json:"range_end,omitempty"`
	Limit    int64  `json:"limit,string,omitempty"`
	Revision int64  `json:"revision,string,omitempty"`
}

// RangeResponse answers a RangeRequest.
type RangeResponse struct {
	Header    Header     `json:"header"`
	KeyValues []KeyValue `json:"kvs"`
}

// PutRequest sets a key.
type PutRequest struct {
	Key   []byte `json:"key"`
	Value []byte `json:"value"`
}

// DeleteRequest removes a key.
type DeleteRequest struct {
	Key []byte `json:"key"`
}

// Compare is true if the key was last changed at a revision; 0 means that there is
// no such key.
type Compare struct {
	Key         []byte
	ModRevision int64
}

// MarshalJSON returns the comparison as etcd reads it.
func (c Compare) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key         []byte `json:"key"`
		Target      string `json:"target"`
		ModRevision int64  `json:"mod_revision,string"`
	}{c.Key, "MOD", c.ModRevision})
}

// Op is one of three requests.
type Op struct {
	Range  *RangeRequest  `json:"request_range,omitempty"`
	Put    *PutRequest    `json:"request_put,omitempty"`
	Delete *DeleteRequest `json:"request_delete_range,omitempty"`
}

// TxnRequest is a transaction: If all comparisons are true, Then is carried out, and
// otherwise Else, in one step.
type TxnRequest struct {
	If   []Compare `json:"compare"`
	Then []Op      `json:"success"`
	Else []Op      `json:"failure,omitempty"`
}

// TxnResponse answers a TxnRequest.
type TxnResponse struct {
	Header    Header `json:"header"`
	Succeeded bool   `json:"succeeded"` // the comparisons were true
	Responses []struct {
		Range *RangeResponse `json:"response_range"`
	} `json:"responses"`

	// Doubt says that the transaction was sent more than once, because an
	// endpoint did not answer: where it has not succeeded, an earlier one may have.
	Doubt bool `json:"-"`
}

// Found returns what the n-th operation, a range of one key, has found: nil if
// there is no such key.
func (r *TxnResponse) Found(n int) *KeyValue {
	if n >= len(r.Responses) || r.Responses[n].Range == nil || len(r.Responses[n].Range.KeyValues) == 0 {
		return nil
	}
	return &r.Responses[n].Range.KeyValues[0]
}

// Event is one change of a key.
type Event struct {
	Type     string   `json:"type"` // "DELETE", or "" for a key that was set
	KeyValue KeyValue `json:"kv"`   // of a deleted one: its key, and the revision as ModRevision
}

// Deleted reports whether the key was removed.
func (e *Event) Deleted() bool { return e.Type == "DELETE" }
