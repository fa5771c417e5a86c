// Package logstore keeps messages in a file: a log to which every change is
// appended, and which is read when the process starts.
//
// # The file
//
// A log is text, one record a line, and each line is a JSON object whose last member
// is the CRC-32C of all octets before the comma that precedes it:
//
//	{"rawserve":"messages","version":1,"since":1795246300000000,"after":"0","id":0,"crc":"31a806b3"}
//	{"seq":1,"op":"whole","crc":"80e538c5"}
//	{"seq":2,"rev":1795246301184025,"op":"created","id":1,"text":"hi","crc":"167f3f21"}
//	{"seq":3,"rev":1795246301184391,"op":"replaced","id":1,"text":"hello","crc":"f997230a"}
//	{"seq":4,"rev":1795246301184392,"op":"created","id":2,"texts":["a","b"],"joined":true,"crc":"c08fe913"}
//	{"seq":5,"rev":1795246301199000,"op":"deleted","id":2,"crc":"0536e436"}
//
// The first line is the header: the format and its version, what all revisions of
// the store are above (since), and the place in the order of changes after which all
// changes are in the file (after), with the highest ID used until then. Records have
// sequence numbers without a gap. Those before "whole" were written when the file was
// made, and came into being with it: the messages as they were at the place that the
// header names ("kept"), and in a compacted log the changes after it. Those after it
// were appended. A record is a change: messages created together are one record, and
// have one revision. One that was written and synced together with the record before
// says so (joined).
//
// # From a change to its answer
//
//	Create, Replace, Delete ─▶ queue ─▶ committer: takes all that wait
//	   each is judged by the messages and by the changes before it   batch.go
//	   write, fsync                                                  commit.go
//	   the changes become visible, their makers are told
//
// So whoever waits during one fsync shares the next one. Nothing is visible before
// it is on the disk. Reads are answered from memory, and wait for no disk.
//
// # What is promised
//
// A change that was acknowledged is there after the process was killed, and after the
// power failed as far as the disk keeps what it said is written when fsync returned.
// A change that was not acknowledged is there whole or not at all. Revisions and IDs
// are never used again.
//
//   - A write that fails, because the disk is full or for another reason, is cut off
//     again; its makers get ErrFull, and the next change is tried anew.
//   - A sync that fails makes the store read-only (ErrReadOnly), as does a cut that
//     fails: what the disk has is not known from then on, and no second sync would
//     tell. Whether the changes of that batch are kept is not known.
//   - A last write that was cut short is cut off when the log is opened, and this is
//     reported. It was not acknowledged: the records of a write that was are whole.
//   - A log with any other damage is not opened (DamageError), and not changed: an
//     octet that is not what was written, a record that is missing. Repair writes the
//     good records to another file. A file that was cut exactly after a record cannot
//     be told from an older one.
//
// # Compaction
//
// A log that is compactRatio times longer than what it has to keep is written anew
// while the old one is in use: the header, the messages, "whole", then the changes
// made meanwhile; fsync; rename; fsync of the folder. Until the rename the old log is
// in use, and complete; after it the new one is. A log keeps the latest changes, as
// many as messages.History does, so that who follows them can go on after a restart.
//
// # Two processes
//
// The file with ".lock" next to the log is locked (flock) as long as a store is open,
// and holds the number of the process. On Windows it is opened so that no other
// process can; a file that is open cannot be replaced there, so logs are not
// compacted. On systems that package syscall has no lock for, nothing prevents two
// processes from writing one file, and logs are not compacted either.
//
// # Files
//
//	store.go     Store: reads, and changes that wait for the committer
//	batch.go     changes that are written together, each judged by those before it
//	commit.go    the committer: write, sync, make visible, answer; what fails
//	compact.go   a new log while the old one is in use
//	newlog.go    a log that is being made
//	open.go      Open: what is at the path, the lock, a new log, an old one
//	load.go      reading a log from its beginning
//	state.go     what records add up to, and which may follow which
//	scan.go      lines of a file; what is left of a write that was cut short
//	record.go    header and record, as lines
//	repair.go    Repair: the good records of a damaged log
//	file.go      what is asked of a file
//	system_*.go  the lock, and folders
package logstore
