package main

import (
	"os"
	"os/exec"
	"path/filepath"
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
	everyday, _ := cutSection(t, string(readme), "data")
	commands := consoleCommands(everyday)
	if len(commands) < 5 {
		t.Fatalf("found %d commands in the README, expected at least 5", len(commands))
	}
	for _, c := range commands {
		if !strings.HasPrefix(c.line, "curl ") && !strings.Contains(c.line, "| curl ") {
			continue
		}
		t.Run(c.line, func(t *testing.T) {
			if got, want := variable(p.shell(t, c.line)), variable(c.output); got != want {
				t.Errorf("printed\n%s\nREADME has\n%s", got, want)
			}
		})
	}
}

// TestReadmeData: messages are kept as the README shows it, its commands being run
// as printed.
func TestReadmeData(t *testing.T) {
	needCurl(t)
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section := cutSection(t, string(readme), "data")
	dir := t.TempDir()
	var p *process
	for _, c := range consoleCommands(section) {
		words := strings.Fields(c.line)
		var got string
		switch words[0] {
		case "rawserve":
			command := exec.Command(binary, append(words[1:len(words)-1], "-addr", "127.0.0.1:0")...)
			command.Dir = dir
			p = start(t, command)
		case "kill":
			p.Process.Kill()
			p.Wait()
		case "curl":
			got = p.shell(t, c.line)
		case "cat":
			octets, err := os.ReadFile(filepath.Join(dir, words[1]))
			if err != nil {
				t.Fatal(err)
			}
			got = string(octets)
		default:
			t.Fatalf("no way to run %q", c.line)
		}
		if got, want := variable(got), variable(c.output); got != want {
			t.Errorf("%s printed\n%s\nREADME has\n%s", c.line, got, want)
		}
	}
	if p == nil {
		t.Error("the README starts no server")
	}
}

// cutSection returns a text without the part between two marks, and that part.
func cutSection(t *testing.T, text, name string) (rest, section string) {
	t.Helper()
	before, after, begins := strings.Cut(text, "<!-- "+name+" -->")
	section, after, ends := strings.Cut(after, "<!-- "+name+" ends -->")
	if !begins || !ends {
		t.Fatalf("there is no part %q", name)
	}
	return before + after, section
}

// TestReadmePrograms: the programs in the README are built as it says, each in a module
// of its own, by a line in go.mod and by a workspace.
func TestReadmePrograms(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	programs := regexp.MustCompile("(?s)```go\n(package .*?)```").FindAllSubmatch(readme, -1)
	if len(programs) != 2 {
		t.Fatalf("got %d programs in the README, want 2", len(programs))
	}
	for i, lines := range [][]string{
		{"go mod init hello", "go mod edit -require=rawserve@v0.0.0 -replace=rawserve=/path/to/the/clone", "go run ."},
		{"go mod init hello", "go work init . /path/to/the/clone", "go run ."},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.go"), programs[i][1], 0o666); err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains(string(readme), "    "+line+"\n") && !strings.Contains(string(readme), "`"+line+"`") {
				t.Errorf("the README does not say %q", line)
			}
			line = strings.Replace(line, "/path/to/the/clone", root, 1)
			line = strings.Replace(line, "run .", "build .", 1)
			command := exec.Command("go", strings.Fields(line)[1:]...)
			command.Dir = dir
			if out, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
		}
	}
}

// TestReadmeExcerpts: Go in the README that is no whole program stands in an example,
// where it is compiled.
func TestReadmeExcerpts(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../httpwire/websocket/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	excerpts := regexp.MustCompile("(?s)```go\n(\t.*?)```").FindAllSubmatch(readme, -1)
	if len(excerpts) != 1 {
		t.Fatalf("got %d excerpts in the README, want 1", len(excerpts))
	}
	if !strings.Contains(string(example), string(excerpts[0][1])) {
		t.Errorf("the README has\n%s\nwhich is not in httpwire/websocket/example_test.go", excerpts[0][1])
	}
}

// TestReadmeLinks: what the README points to is there.
func TestReadmeLinks(t *testing.T) {
	for _, file := range []string{"README.md", "CONTRIBUTING.md", "bench/README.md"} {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(text), -1) {
			target := filepath.Join("../..", filepath.Dir(file), link[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s points to %s: %v", file, link[1], err)
			}
		}
	}
}

// command is a line after a dollar sign, and what is printed below it.
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
	command := exec.Command("sh", "-c", strings.Replace(line, "curl ", connect, 1))
	out, err := command.Output()
	endless := strings.Contains(line, "--max-time") && command.ProcessState.ExitCode() == 28
	if err != nil && !endless {
		t.Fatalf("%v", err)
	}
	return string(out)
}

// variable masks what differs from run to run.
func variable(output string) string {
	for _, mask := range []string{
		`(Date:) .*`, `(X-Request-Id:) .*`, `(ETag:) .*`, `(User-Agent:) .*`, `(?m)(^id:) .*`,
		`("since":)\d+`, `("rev":)\d+`, `("crc":)"[0-9a-f]{8}"`,
	} {
		output = regexp.MustCompile(mask).ReplaceAllString(output, "$1 …")
	}
	return strings.TrimSpace(strings.ReplaceAll(output, "\r", ""))
}
