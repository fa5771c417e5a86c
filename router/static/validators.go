package static

import (
	"encoding/binary"
	"hash/fnv"
	"io/fs"
	"strconv"
	"time"

	"rawserve/router/conditional"
)

// settling is how old a change must be so that the next one gets another time:
// longer than a tick of the clock of any file system, FAT's two seconds
// included.
const settling = 2 * time.Second

// firstDay ends with the times that tools give to files so that two builds of
// them are equal: 0 and 1 in containers, and the first seconds of 1980, where the
// time of an archive begins. They say nothing about a change.
var firstDay = time.Date(1980, 1, 2, 0, 0, 0, 0, time.UTC)

// validatorsOf derives the validators of a file from its size, its modification
// time and, on systems that have them, its inode and the time of its last change.
//
// Size and modification time alone would give the same entity tag to a file that
// took the place of another one, both with a time that a tool has set. Where there
// is nothing else, a file with such a time has no validators at all.
//
// The entity tag is strong once the file has settled. Before that, a second
// change could leave size and time as they are, and such a tag "MUST" be marked
// as weak (RFC 9110, Section 8.8.3); it becomes strong with time, and
// If-None-Match takes both for the same. Elsewhere than on these systems all this
// assumes that a file gets the time at which it is written.
//
// A time in the future is sent as the present, since Last-Modified "MUST NOT"
// be later than Date. RFC 9110, Section 8.8.2.1.
func validatorsOf(info fs.FileInfo, now time.Time) conditional.Validators {
	modified := info.ModTime()
	inode, changed, identified := identityOf(info)
	var v conditional.Validators
	settled := now.Sub(modified) > settling && (!identified || now.Sub(changed) > settling)
	switch {
	case modified.After(now):
		v.Modified = now
	case modified.After(firstDay):
		v.Modified, v.StrongDate = modified, settled
	case !identified:
		return v
	}
	v.ETag = `"` + strconv.FormatInt(info.Size(), 36) + "-" + strconv.FormatUint(uint64(modified.UnixNano()), 36)
	if identified {
		v.ETag += "-" + strconv.FormatUint(fingerprint(inode, changed), 36)
	}
	v.ETag += `"`
	if !settled {
		v.ETag = "W/" + v.ETag
	}
	return v
}

// fingerprint makes one number of the inode of a file and the time of its last
// change. Neither of them is anybody's business.
func fingerprint(inode uint64, changed time.Time) uint64 {
	hash := fnv.New64a()
	hash.Write(binary.BigEndian.AppendUint64(nil, inode))
	hash.Write(binary.BigEndian.AppendUint64(nil, uint64(changed.UnixNano())))
	return hash.Sum64()
}
