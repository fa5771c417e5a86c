package conformance

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// maxCurlOutput bounds what is kept of the output of curl, in octets.
const maxCurlOutput = 8 << 20

// files keeps the files that curl is given, in a directory of their own.
type files struct {
	once sync.Once
	dir  string
	err  error
}

// open makes the directory.
func (f *files) open() (string, error) {
	f.once.Do(func() { f.dir, f.err = os.MkdirTemp("", "conformance") })
	return f.dir, f.err
}

// close removes the directory.
func (f *files) close() {
	if f.dir != "" {
		os.RemoveAll(f.dir)
	}
}

// path writes a file, unless it is there, and returns where it is.
func (f *files) path(name string) (string, error) {
	dir, err := f.open()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, filepath.Base(name))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	temp, err := os.CreateTemp(dir, ".new")
	if err != nil {
		return "", err
	}
	_, err = temp.Write(readFile(name))
	// A rename, so that a case run at the same time never finds half a file.
	return path, errors.Join(err, temp.Close(), os.Rename(temp.Name(), path))
}

// curl runs one curl command and compares its session.
func (p *player) curl(ctx context.Context, run *curlRun) *mismatch {
	args, m := p.curlArgs(run)
	if m != nil {
		return m
	}
	dir, err := p.files.open()
	if err != nil {
		return differ(run.line, "a temporary directory", err.Error())
	}
	var output, session bounded
	cmd := exec.CommandContext(ctx, "curl", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "NO_PROXY=*", "LC_ALL=C"}
	cmd.Stdout, cmd.Stderr = &output, &session
	p.log.event("", "curl "+strings.Join(args, " "))
	err = cmd.Run()
	if cmd.ProcessState == nil {
		return differ(run.line, "curl", err.Error())
	}
	p.log.event("", session.kept.String())
	p.log.received("", output.kept.Bytes())
	if max(output.size, session.size) > maxCurlOutput {
		return differ(run.line, fmt.Sprintf("at most %d octets from curl", maxCurlOutput), errFlood.Error())
	}
	if ctx.Err() != nil {
		return differ(run.line, "curl to end in time", "no end").orLost(true)
	}
	m, soft := run.judge(p.env, session.kept.String(), output.kept.String(), cmd.ProcessState.ExitCode())
	return p.unlessSoft(m, soft)
}

// curlArgs returns the arguments of the command. The user's own configuration
// of curl is not read, and the transcript is always asked for. Wherever a response
// or a captured path leads, curl connects to the server under test.
func (p *player) curlArgs(run *curlRun) ([]string, *mismatch) {
	guards := []string{"--proto", "=http", "--proto-redir", "=http", "--connect-to", "::" + p.addr}
	args := append([]string{"-q", "-s", "-S"}, guards...)
	if !run.verbose {
		args = append(args, "-v") // a second one changes what curl 8.10 and later write
	}
	next := run.next
	for i, word := range run.words {
		if name := word.missing(p.env); name != "" {
			return nil, nothingCaptured(run.line, name)
		}
		var b strings.Builder
		for _, part := range word {
			if part.name != "file" {
				b.WriteString(part.expand(p.env))
				continue
			}
			path, err := p.files.path(part.arg)
			if err != nil {
				return nil, differ(run.line, "the file "+part.arg, err.Error())
			}
			b.WriteString(path)
		}
		args = append(args, b.String())
		if len(next) > 0 && next[0] == i+1 {
			args, next = append(args, guards...), next[1:] // --next has made curl forget them
		}
	}
	return args, nil
}

// bounded is a buffer that keeps the first maxCurlOutput octets and refuses what
// goes beyond them. It embeds no bytes.Buffer, whose ReadFrom has no bound.
type bounded struct {
	kept bytes.Buffer
	size int // octets written, those beyond the bound too
}

// Write keeps what fits. An error makes os/exec close its end, which ends curl.
func (b *bounded) Write(data []byte) (int, error) {
	b.size += len(data)
	n, _ := b.kept.Write(data[:min(len(data), maxCurlOutput-b.kept.Len())])
	if n < len(data) {
		return n, errFlood
	}
	return n, nil
}

// curlLost lists the exit statuses of curl for a connection that could not be made,
// in time or at all, ended without a response, or broke while curl sent or received.
var curlLost = []int{7, 28, 52, 55, 56}

// judge compares a session with what it must show.
func (run *curlRun) judge(env *environment, session, output string, exit int) (m, soft *mismatch) {
	if exit != run.exit {
		return differ(run.line, fmt.Sprintf("exit status %d", run.exit), fmt.Sprint(exit)).orLost(slices.Contains(curlLost, exit)), nil
	}
	sent, responses := readSession(session)
	for _, w := range run.sent {
		if m := w.find(env, sent); m != nil {
			return m, nil
		}
	}
	for i, w := range run.responses {
		if i >= len(responses) {
			return differ(w.line, w.status.describe(env), "no response"), nil
		}
		m, s := w.matchHead(env, responses[i])
		if m != nil {
			return m, nil
		}
		soft = cmp.Or(soft, s)
	}
	return run.judgeOutput(env, output), soft
}

// judgeOutput compares what curl wrote to its standard output.
func (run *curlRun) judgeOutput(env *environment, output string) *mismatch {
	if m := matchOctets(run.outputLine, "output", run.output, output, env); m != nil {
		return m
	}
	for _, l := range run.pasted {
		if !strings.Contains(output, l.Text) {
			return differ(l.Number, "output with "+excerpt(l.Text), excerpt(output))
		}
	}
	return matchAll(run.matches, output)
}

// find looks for a line among those curl sent. A pasted session was recorded
// with another curl and on another port: these two fields need only be there.
func (w *lineWant) find(env *environment, sent []string) *mismatch {
	if name := w.text.missing(env); name != "" {
		return nothingCaptured(w.line, name)
	}
	want := w.text.pattern(env)
	for _, prefix := range []string{"Host: ", "User-Agent: "} {
		if strings.HasPrefix(want[0], prefix) {
			want = pattern{prefix, ""}
		}
	}
	for _, line := range sent {
		if want.matches(line) {
			return nil
		}
	}
	return differ(w.line, "curl to send "+want.String(), clip(strings.Join(sent, ", "), 200))
}

// readSession takes the heads out of what curl -v writes: the lines sent, and
// the responses.
func readSession(session string) (sent []string, responses []*response) {
	for line := range strings.Lines(session) {
		line = strings.TrimRight(line, "\r\n")
		if text, found := strings.CutPrefix(line, "> "); found {
			sent = append(sent, text)
		}
		text, found := strings.CutPrefix(line, "< ")
		if !found {
			continue
		}
		if strings.HasPrefix(text, "HTTP/") {
			r := &response{line: text}
			if r.statusLine(text) != nil {
				r.statusLine(text + " ") // curl takes away the space before an empty reason
			}
			responses = append(responses, r)
			continue
		}
		name, value, colon := strings.Cut(text, ":")
		if n := len(responses); n > 0 && colon {
			responses[n-1].fields = append(responses[n-1].fields, receivedField{name, strings.TrimSpace(value)})
		}
	}
	return sent, responses
}
