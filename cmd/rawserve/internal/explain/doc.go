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
//	report.go    the decisions that flags ask for: -hidden, -split, -opinions
//	color.go     styles
//
// # Promises
//
// Whatever comes in, explain ends within bounds of memory, says how it ended, and
// writes nothing that a terminal obeys. Colours say nothing that words do not. The
// golden files in testdata/xray are one lesson each; the README shows one of them.
package explain
