package static

import (
	"io/fs"
	"strconv"
	"time"

	"rawserve/router/conditional"
)

// settling is how old a change must be so that the next one gets another time:
// longer than a tick of the clock of any file system, FAT's two seconds
// included.
const settling = 2 * time.Second

// validatorsOf derives the validators of a file from its size and modification
// time.
//
// The entity tag is strong once the file has settled. Before that, a second
// change could leave size and time as they are, and such a tag "MUST" be marked
// as weak (RFC 9110, Section 8.8.3); it becomes strong with time, and
// If-None-Match takes both for the same. All this assumes that a file gets the
// time at which it is written: new data of the same length with an old time, as
// touch can set it, has the old tag.
//
// A time in the future is sent as the present, since Last-Modified "MUST NOT"
// be later than Date. RFC 9110, Section 8.8.2.1.
func validatorsOf(info fs.FileInfo, now time.Time) conditional.Validators {
	modified := info.ModTime()
	settled := now.Sub(modified) > settling
	v := conditional.Validators{
		ETag: `"` + strconv.FormatInt(info.Size(), 36) +
			"-" + strconv.FormatUint(uint64(modified.UnixNano()), 36) + `"`,
		Modified:   modified,
		StrongDate: settled,
	}
	if !settled {
		v.ETag = "W/" + v.ETag
	}
	if modified.After(now) {
		v.Modified = now
	}
	return v
}
