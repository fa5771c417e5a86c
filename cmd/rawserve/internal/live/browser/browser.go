// Package browser drives the live x-ray page in a real Chromium: its tests are
// the checks that nothing but a browser can make, and shots takes the
// screenshots of the README.
package browser

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Server is a rawserve process.
type Server struct {
	Addr string // of the public server: "127.0.0.1:41234"
	Page string // of the x-ray page: "http://127.0.0.1:41235"
	cmd  *exec.Cmd
	done chan error
}

// Build builds rawserve into a directory and returns the path of the command.
func Build(dir string) (string, error) {
	command := filepath.Join(dir, "rawserve")
	build := exec.Command("go", "build", "-o", command, "./cmd/rawserve")
	build.Dir = Root()
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return command, nil
}

// Root returns the directory of the root module.
func Root() string {
	dir, _ := os.Getwd()
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module rawserve\n") {
			return dir
		}
	}
	return "."
}

// Start starts a server with the page, on free ports unless the flags say
// otherwise, and waits until it listens.
func Start(command string, flags ...string) (*Server, error) {
	if !slices.Contains(flags, "-xray") {
		flags = append([]string{"-xray", "127.0.0.1:0"}, flags...)
	}
	return start(command, flags, func(s *Server) bool { return s.Page != "" })
}

// StartPlain starts a server without the page.
func StartPlain(command string, flags ...string) (*Server, error) {
	return start(command, flags, func(s *Server) bool { return s.Addr != "" })
}

// start starts a server and reads what it prints until it is ready.
func start(command string, flags []string, ready func(*Server) bool) (*Server, error) {
	args := append([]string{"-log", "off"}, flags...)
	if !slices.Contains(flags, "-addr") {
		args = append(args, "-addr", "127.0.0.1:0")
	}
	s := &Server{cmd: exec.Command(command, args...), done: make(chan error, 1)}
	out, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for !ready(s) && lines.Scan() {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening on http://"); ok {
			s.Addr = addr
		}
		if page, ok := strings.CutPrefix(lines.Text(), "every octet is shown at "); ok {
			s.Page = page
		}
	}
	go func() {
		for lines.Scan() {
			fmt.Fprintln(os.Stderr, lines.Text())
		}
		s.done <- s.cmd.Wait()
	}()
	if !ready(s) {
		return nil, fmt.Errorf("rawserve did not say where it listens: %v", lines.Err())
	}
	return s, nil
}

// Stop asks the server to stop and waits until it has.
func (s *Server) Stop() {
	s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
		s.cmd.Process.Kill()
		<-s.done
	}
}

// Ticks returns the processor time of the process so far in ticks of the system,
// or 0 where there is no /proc.
func (s *Server) Ticks() (ticks int) {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	if fields := strings.Fields(rest); len(fields) > 12 {
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		return user + system
	}
	return 0
}

// Kill ends the server at once.
func (s *Server) Kill() {
	s.cmd.Process.Kill()
	<-s.done
}

// Chromium returns the path of the browser, or "" if there is none.
func Chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Open starts a browser without a window, and with a profile of its own.
func Open(profile string) (context.Context, context.CancelFunc) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(Chromium()), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.WindowSize(1440, 900),
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	return ctx, func() { cancel(); stop() }
}
