package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// evil has a title and an answer that mean something to HTML, to Markdown and
// to terminals.
const evil = "@id evil\n@title <b>|bold\n@rule rfc9112-5.1-01 MUST\n> GET /<script> HTTP/1.1\n>\n< HTTP/1.1 404 *\n\n" +
	"@id kind\n> GET / HTTP/1.1\n>\n< HTTP/1.1 200 *\n\n" +
	"@id soft\n> GET / HTTP/1.1\n>\n< HTTP/1.1 404 *\n\n" +
	"@id skipped\n@needs trailers\n> GET / HTTP/1.1\n>\n< HTTP/1.1 404 *\n"

// corpusFile writes cases to a file and returns its path.
func corpusFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "9112-x.wire")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestCommandFormats(t *testing.T) {
	addr := serve(t, polite)
	file := corpusFile(t, evil)
	sentence := RuleRef{ID: "rfc9112-5.1-01"}.Sentence()
	tests := []struct {
		format string
		want   []string
	}{
		{"text", []string{"FAIL evil on one\n", "    breaks rfc9112-5.1-01 MUST:\n      rfc9112-5.1-01 MUST: " + sentence[:40], "→    6  < HTTP/1.1 404 *", "< HTTP/1.1 200 OK", "one: 1 passed, 1 failed, 1 warned, 1 skipped", "9112-x"}},
		{"tap", []string{"TAP version 13\n1..8\n", "not ok 1 - one evil\n  ---\n  message: \"want HTTP/1.1 404 *, got HTTP/1.1 200 OK\"\n", "  breaks:\n    - \"rfc9112-5.1-01 MUST: " + sentence, "ok 2 - one kind\n", "not ok 3 - one soft # TODO", "ok 4 - one skipped # SKIP"}},
		{"json", []string{`"id":"evil"`, `"rules":["rfc9112-5.1-01"],"rfc":["` + sentence + `"]`, `"broken":["rfc9112-5.1-01 MUST: ` + sentence + `"]`, `"verdict":"FAIL"`, `"section":"9112-x"`}},
		{"markdown", []string{"| section | one | two |", "| 9112-x | 1 / **1** / 1 / 1 |", "- breaks rfc9112-5.1-01 MUST\n  > A server MUST reject", "&#60;b&#62;\\|bold"}},
		{"html", []string{"<!doctype html>", "&lt;script&gt;", "&lt;b&gt;|bold", "<blockquote>" + sentence + "</blockquote>", `data-open="evil/1"`, `<template id="evil/0" data-wrong="6">`, ">1 passed</span>, ", "rawserve conform -grid one="}},
	}
	for _, test := range tests {
		t.Run(test.format, func(t *testing.T) {
			var out, errs bytes.Buffer
			status := Command([]string{"-grid", "one=" + addr + ",two=" + addr, "-format", test.format, file}, &out, &errs)
			if status != exitFailed || errs.Len() > 0 {
				t.Errorf("got status %d and %q", status, errs.String())
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
			if test.format == "html" && strings.Contains(out.String(), "/<script>") {
				t.Error("what was sent is not escaped")
			}
			if test.format == "json" {
				for line := range strings.Lines(out.String()) {
					if !json.Valid([]byte(line)) {
						t.Errorf("not JSON: %s", line)
					}
				}
			}
		})
	}
}

func TestCommandStatus(t *testing.T) {
	addr := serve(t, polite)
	file := corpusFile(t, evil)
	broken := corpusFile(t, "@id x\n? what\n")
	noRule := corpusFile(t, "@id x\n@rule rfc9112-5.1-99 MUST\n> GET / HTTP/1.1\n* closed\n")
	failing := "@id n0\n@title zero\n@rule rfc9112-5.1-01 MUST\n> GET / HTTP/1.1\\r\\n\n< HTTP/1.1 404\n"
	for i := range fewFailures {
		failing += fmt.Sprintf("@id n%d\n@rule rfc9112-5.1-01 MUST\n> GET / HTTP/1.1\n>\n< HTTP/1.1 404\n", i+1)
	}
	many := corpusFile(t, failing)
	tests := []struct {
		name, args string
		status     int
		out, errs  string
	}{
		{"help", "-h", exitOK, "Examples:", ""},
		{"no server", file, exitUsage, "", "-addr or -grid"},
		{"two ways to name it", "-addr :1 -grid a=:1", exitUsage, "", "-addr or -grid"},
		{"no port", "-addr localhost", exitUsage, "", "want host:port"},
		{"no name", "-grid :80", exitUsage, "", "name=host:port"},
		{"unknown flag", "-what", exitUsage, "", "Try rawserve conform -h"},
		{"unknown format", "-addr :1 -format pdf", exitUsage, "", "want text, tap"},
		{"unknown role", "-addr :1 -role x=/", exitUsage, "", "want role=/path"},
		{"unknown feature", "-addr :1 -lacks luck", exitUsage, "", "unknown feature"},
		{"feature of one server", "-grid a=" + addr + ",b=" + addr + " -has a:all,b:raw -lacks a:raw -run skipped " + file, exitOK, "a: 0 passed, 0 failed, 1 warned, 0 skipped\nb: 0 passed, 0 failed, 0 warned, 1 skipped", ""},
		{"bad expression", "-addr :1 -run (", exitUsage, "", "-run"},
		{"nobody there", "-addr 127.0.0.1:1 " + file, exitFailed, "", "does not answer"},
		{"one of two there", "-grid a=127.0.0.1:1,b=" + addr + " -run kind " + file, exitOK, "a: 0 passed, 0 failed, 0 warned, 1 skipped", "a does not answer"},
		{"file with mistakes", "-lint " + broken, exitUsage, "", "9112-x.wire:2:1: want an empty line"},
		{"no such file", "-lint " + file + "x", exitUsage, "", "no such file"},
		{"lint of a rule", "-lint " + noRule, exitUsage, "", "9112-x.wire:2:7: no requirement rfc9112-5.1-99: its section has rfc9112-5.1-01 to rfc9112-5.1-0"},
		{"no such case", "-addr " + addr + " -run zzz " + file, exitUsage, "", "-run zzz is in the id or section of no case"},
		{"no such case to list", "-list -run zzz " + file, exitUsage, "", "-run zzz"},
		{"many failures", "-addr " + addr + " " + many, exitFailed, "FAIL n0 on " + addr + ": zero: want HTTP/1.1 404, got HTTP/1.1 200 OK (breaks rfc9112-5.1-01 MUST; 9112-x.wire, line 5)\n    rfc9112-5.1-01 MUST: A server", ""},
		{"lint", "-lint " + file, exitOK, "1 files, 4 cases", ""},
		{"list", "-list " + file, exitOK, "evil", ""},
		{"nothing fails", "-addr " + addr + " -run kind|soft " + file, exitOK, "1 passed, 0 failed, 1 warned", ""},
		{"strict", "-addr " + addr + " -strict -run soft " + file, exitFailed, "0 passed, 1 failed", ""},
		{"section", "-addr http://" + addr + "/ -run ^9112-x$ -role ok=/ -role upload= " + file, exitFailed, "1 skipped", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			status := Command(strings.Fields(test.args), &out, &errs)
			if status != test.status || !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.errs) {
				t.Errorf("got status %d\nout: %s\nerrors: %s", status, out.String(), errs.String())
			}
		})
	}
}

// TestInert judges a server whose answer would act in a report: as markup of HTML or
// Markdown, as a control of a terminal, as a directive of TAP, or by turning the
// direction of text.
func TestInert(t *testing.T) {
	const hostile = "<script>alert(1)</script> [a](javascript:b) ![](//c) **d** # SKIP \x1b[2J \u202e \x9b www.e.f `g` |h|"
	server := answers("HTTP/1.1 200 " + strings.Map(func(r rune) rune {
		if r == '\x1b' {
			return '~' // no reason phrase holds it; the content does
		}
		return r
	}, hostile) + "\r\nServer: " + "<i>\u202e" + "\r\nContent-Length: 300\r\n\r\n" + hostile + strings.Repeat("\x1b", 300-len(hostile)))
	file := corpusFile(t, "@id a\n@title t\n@rule rfc9112-5.1-01 MUST\n> GET / HTTP/1.1\n>\n< HTTP/1.1 404 *\n\n"+
		"@id b\n@rule rfc9112-5.1-01 MUST\n> GET / HTTP/1.1\n>\n< HTTP/1.1 200 *\n<\n{ x\n\n"+
		"@id c\n@rule rfc9112-5.1-01 MUST\n> GET / HTTP/1.1\n>\n< HTTP/1.1 404 *\n! none\n")
	addr := serve(t, server)
	for format := range writers {
		t.Run(format, func(t *testing.T) {
			var out, errs bytes.Buffer
			if status := Command([]string{"-addr", addr, "-format", format, file}, &out, &errs); status != exitFailed {
				t.Fatalf("got status %d: %s", status, errs.String())
			}
			report := out.String()
			report = strings.NewReplacer("→", "", "·", "", "✕", "", "▸", "", "▾", "").Replace(report)
			for _, c := range report {
				if c != '\n' && (c < ' ' || c >= 0x7f) {
					t.Fatalf("%U in the report", c)
				}
			}
			acts := map[string][]string{
				"html":     {"<script>alert", "<i>"},
				"markdown": {"<script>", "](", "**d**", "www.e", "`g`"},
				"tap":      {"\n# SKIP", " # SKIP \\x1b"},
			}
			for _, bad := range acts[format] {
				if strings.Contains(report, bad) {
					t.Errorf("%q acts in\n%s", bad, report)
				}
			}
		})
	}
}
