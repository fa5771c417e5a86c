package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

var verdict = regexp.MustCompile(`[0-9]+ passed, [0-9]+ failed[^\n(]*`)

// judge has rawserve conform put its cases to the server that is about to be
// timed, and keeps the verdict for the report. Cases for routes that the bench
// server does not have are skipped.
func (b *bench) judge(p *process) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(b.bin, "rawserve"), "conform", "-addr", p.addr).Output()
	b.conformance = verdict.FindString(string(out))
	if errors.Is(err, fs.ErrNotExist) {
		b.conformance = "not judged"
	} else if err != nil {
		b.conformance += fmt.Sprintf(" (%v)", err)
	}
	fmt.Printf("conformance of the build to be timed: %s\n\n", b.conformance)
}
