package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"text/template"
	"time"
)

// server is one row of every table.
type server struct {
	name    string
	note    string   // for the report
	command []string // without the address; see start
	lacks   []string // scenarios it cannot do
	only    []string // the only scenarios it is worth measuring in; empty for all
}

// ours is the name of the server all ratios are about.
const ours = "rawserve"

// catalog is every server known. The ones ending in -t have the timeouts of a
// production server set; rawserve always has them, and so has nginx.
var catalog = []server{
	{name: ours, note: "this server, timeouts always on", command: []string{"server"}},
	{name: "nethttp", note: "net/http, no timeouts", command: []string{"peers", "nethttp"}},
	{name: "nethttp-t", note: "net/http, timeouts set", lacks: []string{"scale"}, command: []string{"peers", "nethttp", "-timeouts"}},
	{name: "fasthttp", note: "fasthttp, no timeouts", command: []string{"peers", "fasthttp"}},
	{name: "fasthttp-t", note: "fasthttp, timeouts set", lacks: []string{"scale"}, command: []string{"peers", "fasthttp", "-timeouts"}},
	{name: "fasthttp-m", note: "fasthttp saving memory", only: []string{"idle"},
		command: []string{"peers", "fasthttp", "-save-memory"}},
	{name: "gnet", note: "gnet with its example's parser: one event loop, no timeouts", command: []string{"peers", "gnet"},
		lacks: []string{"chunked64k", "file", "large"}},
	{name: "node", note: "Node's http", command: []string{"node"}},
	{name: "nginx", note: "nginx, one worker; JSON is a constant", command: []string{"nginx"},
		lacks: []string{"echo1k", "echo64k", "chunked64k"}},
	{name: "ceiling", note: "net.Conn loop that parses nothing", command: []string{"peers", "ceiling"}},
	{name: "epoll", note: "raw epoll loop that parses nothing", command: []string{"peers", "epoll"}},
}

func (s server) does(scenario string) bool {
	if len(s.only) > 0 {
		return slices.Contains(s.only, scenario)
	}
	return !slices.Contains(s.lacks, scenario)
}

// missing reports whether a server's program is not on this machine, and says
// so once.
func (s server) missing() bool {
	program := s.command[0]
	if program != "node" && program != "nginx" {
		return false
	}
	_, err := exec.LookPath(program)
	if err != nil {
		fmt.Fprintln(os.Stderr, "driver: left out:", err)
	}
	return err != nil
}

func names(servers []server) string {
	var list []string
	for _, s := range servers {
		list = append(list, s.name)
	}
	return strings.Join(list, ",")
}

// choose picks servers by name and adds the other builds of ours.
func choose(wanted, also string) ([]server, error) {
	list := slices.DeleteFunc(slices.Clone(catalog), server.missing)
	if wanted != "all" {
		list = nil
		for name := range strings.SplitSeq(wanted, ",") {
			i := slices.IndexFunc(catalog, func(s server) bool { return s.name == name })
			if i < 0 {
				return nil, fmt.Errorf("no server %q; there are %s", name, names(catalog))
			}
			list = append(list, catalog[i])
		}
	}
	for entry := range strings.SplitSeq(also, ",") {
		name, path, found := strings.Cut(entry, "=")
		if found {
			list = append(list, server{name: name, note: "another build of bench/server", command: []string{path}})
		}
	}
	return list, nil
}

// process is a running server.
type process struct {
	server server
	addr   string
	cmd    *exec.Cmd
	ended  sync.Once
}

// start runs a server pinned to its CPU and waits until it accepts.
func (b *bench) start(s server, extra ...string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	command, err := b.commandFor(s, addr)
	if err != nil {
		return nil, err
	}
	args := append([]string{"-c", b.serverCPU}, append(command, extra...)...)
	p := &process{server: s, addr: addr, cmd: exec.Command("taskset", args...)}
	p.cmd.Stdout, p.cmd.Stderr = nil, os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	b.remember(p)
	if err := waitForAccept(addr); err != nil {
		return nil, fmt.Errorf("%s does not listen: %w", s.name, err)
	}
	return p, nil
}

func (b *bench) commandFor(s server, addr string) ([]string, error) {
	host, port, _ := net.SplitHostPort(addr)
	switch s.command[0] {
	case "node":
		return []string{"node", filepath.Join(b.root, "bench/peers/node.js"), host, port, b.large}, nil
	case "nginx":
		return b.nginxCommand(addr)
	}
	program := s.command[0]
	if !strings.Contains(program, "/") {
		program = filepath.Join(b.bin, program)
	}
	return append(append([]string{program}, s.command[1:]...), "-addr", addr, "-file", b.large), nil
}

// nginxCommand writes a configuration for the address. The folder must be
// readable by nginx's worker, which drops its rights.
func (b *bench) nginxCommand(addr string) ([]string, error) {
	t, err := template.ParseFiles(filepath.Join(b.root, "bench/peers/nginx.conf.tmpl"))
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(addr)
	dir := filepath.Join(b.dir, "nginx-"+port)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	os.Chmod(b.dir, 0o755)
	path := filepath.Join(dir, "nginx.conf")
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return []string{"nginx", "-c", path, "-p", dir}, t.Execute(f, map[string]string{"Dir": dir, "Addr": addr, "File": b.large})
}

// stop ends a server: politely, then by force.
func (p *process) stop() {
	p.ended.Do(func() {
		p.cmd.Process.Signal(syscall.SIGTERM)
		force := time.AfterFunc(2*time.Second, func() { p.cmd.Process.Kill() })
		p.cmd.Wait()
		force.Stop()
	})
}

// freeAddr returns a loopback address that is free at the moment.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func waitForAccept(addr string) error {
	var err error
	for range 100 {
		var nc net.Conn
		if nc, err = net.Dial("tcp", addr); err == nil {
			return nc.Close()
		}
		time.Sleep(30 * time.Millisecond)
	}
	return err
}
