package etcdstore

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
)

// keys says what is where in etcd.
type keys struct{ prefix string }

func (k keys) seq() []byte     { return []byte(k.prefix + "/seq") }
func (k keys) changed() []byte { return []byte(k.prefix + "/changed") }

// idDigits is how many digits an ID has in a key: as many as the largest one, so
// that keys are in the order of IDs.
const idDigits = 19

// message returns the key of a message.
func (k keys) message(id int64) []byte {
	return fmt.Appendf(nil, "%s/messages/%0*d", k.prefix, idDigits, id)
}

// after returns the range of the messages with greater IDs; none if there can be
// none.
func (k keys) after(id int64) (first, end []byte) {
	if id == math.MaxInt64 {
		return nil, nil
	}
	return k.message(max(0, id) + 1), []byte(k.prefix + "/messages0") // 0 follows the slash
}

// id returns the ID in the key of a message.
func (k keys) id(key []byte) (int64, error) {
	digits, found := bytes.CutPrefix(key, []byte(k.prefix+"/messages/"))
	id, err := strconv.ParseUint(string(digits), 10, 63)
	if !found || len(digits) != idDigits || err != nil || id == 0 {
		return 0, fmt.Errorf("messages: the key %q in etcd is not one of a message: what does it do there?", key)
	}
	return int64(id), nil
}

// parse returns a message from its key and value. It fails if somebody else has
// put there what is none.
func (k keys) parse(kv *etcd.KeyValue) (messages.Message, error) {
	id, err := k.id(kv.Key)
	if err != nil {
		return messages.Message{}, err
	}
	text := string(kv.Value)
	if err := messages.CheckText(text); err != nil {
		return messages.Message{}, fmt.Errorf("messages: the value of the key %q in etcd is not one of a message: %v", kv.Key, err)
	}
	return messages.Message{ID: id, Text: text, Revision: kv.ModRevision}, nil
}

// parseSeq returns the latest ID; 0 if there is no key.
func (k keys) parseSeq(kv *etcd.KeyValue) (int64, error) {
	if kv == nil {
		return 0, nil
	}
	last, err := strconv.ParseUint(string(kv.Value), 10, 63)
	if err != nil {
		return 0, fmt.Errorf("messages: the key %q in etcd does not hold a number", kv.Key)
	}
	return int64(last), nil
}

func put(key, value []byte) etcd.Op {
	return etcd.Op{Put: &etcd.PutRequest{Key: key, Value: value}}
}

func get(key []byte) etcd.Op { return etcd.Op{Range: &etcd.RangeRequest{Key: key}} }

func remove(key []byte) etcd.Op { return etcd.Op{Delete: &etcd.DeleteRequest{Key: key}} }
