package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The README is a promise: its commands are run as printed, in order, against
// one server, and what they print is compared.
func TestReadmeCommands(t *testing.T) {
	needCurl(t)
	p := startProcess(t)
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := consoleCommands(string(readme))
	if len(commands) < 5 {
		t.Fatalf("found %d commands in the README, expected at least 5", len(commands))
	}
	for _, c := range commands {
		if !strings.HasPrefix(c.line, "curl ") {
			continue
		}
		t.Run(c.line, func(t *testing.T) {
			if got, want := variable(p.shell(t, c.line)), variable(c.output); got != want {
				t.Errorf("printed\n%s\nREADME has\n%s", got, want)
			}
		})
	}
}

// command is a line behind a dollar sign, and what is printed below it.
type command struct{ line, output string }

// consoleCommands returns the commands in the console blocks of a text.
func consoleCommands(text string) (commands []command) {
	blocks := regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(text, -1)
	for _, block := range blocks {
		for part := range strings.SplitSeq("\n"+block[1], "\n$ ") {
			if line, output, found := strings.Cut(part, "\n"); found && line != "" {
				commands = append(commands, command{line, output})
			}
		}
	}
	return commands
}

// shell runs a line that means the server on port 3000 against this one.
func (p *process) shell(t *testing.T, line string) string {
	t.Helper()
	connect := "curl -s --noproxy '*' --connect-to localhost:3000:" + p.address() + " "
	out, err := exec.Command("sh", "-c", connect+strings.TrimPrefix(line, "curl ")).Output()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(out)
}

// variable masks what differs from run to run.
func variable(output string) string {
	for _, mask := range []string{`(Date:) .*`, `(X-Request-Id:) .*`, `(ETag:) .*`, `(User-Agent:) .*`} {
		output = regexp.MustCompile(mask).ReplaceAllString(output, "$1 …")
	}
	return strings.TrimSpace(strings.ReplaceAll(output, "\r", ""))
}
