// Package explain is the command "rawserve explain": it prints what HTTP/1.1
// octets mean, one part after the other, as package xray has found it.
//
//	printf 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' | rawserve explain
//
// # Reading order
//
//	command.go   the command line and the exit status
//	input.go     what is explained: octets, escapes, conformance cases
//	curl.go      traces of curl: how they are known, and what they hold
//	curltrace.go their lines, in the words of all versions
//	print.go     the table of octets, and the decisions below it
//	rows.go      which spans share a row
//	cells.go     the octets of a row, and the caret under the one at fault
//	report.go    findings in responses, and what flags ask for: -hidden, -split, -opinions
//	color.go     styles
//
// # Exit status
//
// 0 if everything that the server reads is accepted, 1 if something is refused or a
// response breaks a MUST of the RFC, 2 if octets are missing, 3 if the input is longer
// than what is read of it and the rest could matter, 64 if the command line is wrong
// or the input cannot be judged. The first of 1, 3 and 2 that holds for a part of the
// input is that of the whole. A response that breaks a SHOULD is noted.
//
// # Promises
//
// Whatever comes in, explain ends within bounds of memory: it reads at most 64 MiB,
// holds one message at a time as parts, and shows many chunks or messages that are
// accepted as one. What it leaves out it says where the verdict stands. It writes
// nothing that a terminal obeys. Colours say nothing that words do not. The
// golden files in testdata/xray are one lesson each; the README shows one of them.
package explain
