package main

import (
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// runWith runs the command and returns its exit code and what it printed.
func runWith(env map[string]string, args ...string) (code int, stdout, stderr string) {
	var out, errs strings.Builder
	code = run(args, func(name string) string { return env[name] }, &out, &errs)
	return code, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"-help"}, {"help"}, {"serve", "-h"}} {
		code, stdout, stderr := runWith(nil, args...)
		if code != exitOK || !strings.Contains(stdout, "-shutdown-timeout") || stderr != "" {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
}

func TestBadInvocations(t *testing.T) {
	tests := []struct {
		name string
		args string
		port string
		code int
		want string
	}{
		{"unknown_command", "frobnicate", "", exitUsage, `there is no command "frobnicate"`},
		{"unknown_flag", "-frob", "", exitUsage, "-frob"},
		{"stray_argument", "-log off 8080", "", exitUsage, `unexpected argument "8080"`},
		{"bad_log", "-log xml", "", exitUsage, "it takes text, json or off"},
		{"bad_duration", "-idle-timeout 5", "", exitUsage, "idle-timeout"},
		{"zero_timeout", "-head-timeout 0s", "", exitUsage, "-head-timeout is 0s; it must be more than zero"},
		{"negative_limit", "-max-conns -1", "", exitUsage, "-max-conns is -1; it must be more than zero"},
		{"negative_rate", "-min-rate -5", "", exitUsage, "-min-rate is -5; it must not be less than zero, which is none"},
		{"negative_delay", "-drain-delay -5s", "", exitUsage, "-drain-delay is -5s; it must not be less than zero, which is none"},
		{"bad_port", "", "http", exitUsage, `PORT is "http"; it takes a number from 0 to 65535`},
		{"huge_port", "", "65536", exitUsage, "it takes a number"},
		{"impossible_port", "-addr 127.0.0.1:99999", "", exitUsage, `"99999" is no port, which is a number from 0 to 65535`},
		{"impossible_port_of_the_xray", "-xray localhost:99999", "", exitUsage, `-xray is "localhost:99999"; "99999" is no port`},
		{"empty_port", "-addr localhost:", "", exitUsage, `"" is no port`},
		{"only_a_port", "-addr 8080", "", exitUsage, "such as localhost:8080 or :8080"},
		{"no_path", "-addr unix:", "", exitUsage, "it takes unix:/path"},
		{"mode_without_a_socket", "-socket-mode 0666", "", exitUsage, "-socket-mode is for -addr unix:/path"},
		{"bad_mode", "-addr unix:/x -socket-mode 0999", "", exitUsage, "it takes an octal number such as 0660 or 0666"},
		{"mode_of_none", "-addr unix:/x -socket-mode 0", "", exitUsage, "it takes an octal number"},
		{"mode_with_more", "-addr unix:/x -socket-mode 4755", "", exitUsage, "it takes an octal number"},
		{"xray_any_alone", "-xray-any", "", exitUsage, "-xray-any changes nothing without -xray"},
		{"xray_secrets_alone", "-xray-secrets", "", exitUsage, "-xray-secrets changes nothing without -xray"},
		{"probes_without_a_log", "-log off -log-probes", "", exitUsage, "-log-probes changes nothing with -log off"},
		{"no_number", "-max-body x", "", exitUsage, "-h says what each flag takes"},
		{"no_port", "-addr localhost", "", exitUsage, "it takes host:port, :port, or unix:/path"},
		{"no_folder", "-static /nowhere/at/all", "", exitFailure, "-static: "},
		{"xray_for_everybody", "-xray :3001", "", exitUsage, "others could read every request there"},
		{"xray_host_with_port", "-xray localhost:0 -xray-host box:3001", "", exitUsage, "-xray-host has \"box:3001\"; it takes names without a port, such as box"},
		{"xray_host_empty", "-xray localhost:0 -xray-host a,,b", "", exitUsage, "with commas between them"},
		{"xray_no_port", "-xray localhost", "", exitUsage, "it takes host:port, such as localhost:3001"},
		{"data_without_name", "-data=", "", exitUsage, "-data is empty; it takes the name of a file"},
		{"repair_of_nothing", "-data-repair", "", exitUsage, "-data-repair needs -data FILE"},
		{"data_in_a_folder", "-data .", "", exitFailure, "-data: . is a folder; it takes a file in one"},
		{"data_in_no_folder", "-data /nowhere/at/all/log", "", exitFailure, "-data: there is no folder /nowhere/at/all for log"},
		{"data_of_another_program", "-data main.go", "", exitFailure, "-data: main.go is not a log of messages"},
		{"repair_of_another_program", "-data main.go -data-repair", "", exitFailure, "-data-repair: main.go is not a log of messages"},
		{"repair_of_no_file", "-data nowhere -data-repair", "", exitFailure, "-data-repair: there is no file nowhere"},
		{"no_store", "-store=", "", exitUsage, "-store: it begins with etcd:// or, for TLS, etcds://"},
		{"store_of_http", "-store http://localhost:2379", "", exitUsage, "-store: it begins with etcd:// or, for TLS, etcds://"},
		{"store_without_port", "-store etcd://localhost", "", exitUsage, `its endpoint "localhost" is not a host and a port`},
		{"store_without_password", "-store etcd://root@localhost:2379", "", exitUsage, "before the @ stand a user and a password"},
		{"two_stores", "-data messages.log -store etcd://localhost:2379", "", exitUsage, "-data and -store both say where the messages are"},
		{"bad_origin", "-cors example.com", "", exitUsage, "-cors: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, _, stderr := runWith(map[string]string{"PORT": test.port}, strings.Fields(test.args)...)
			if code != test.code || !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, %q; want exit %d, one line with %q", code, stderr, test.code, test.want)
			}
		})
	}
}

func TestBusyPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	code, _, stderr := runWith(nil, "-addr", l.Addr().String())
	want := "rawserve: port " + port + " is already in use (choose another with -addr or PORT)\n"
	if code != exitFailure || stderr != want {
		t.Errorf("exit %d, %q; want exit 1, %q", code, stderr, want)
	}
}

func TestAddressFromEnvironment(t *testing.T) {
	tests := []struct{ args, port, want string }{
		{"", "", "localhost:3000"},
		{"", "8080", ":8080"},
		{"", "0", ":0"},
		{"-addr :9", "8080", ":9"},
	}
	for _, test := range tests {
		s, err := parseFlags(strings.Fields(test.args), func(name string) string { return map[string]string{"PORT": test.port}[name] })
		if err != nil || s.address != test.want {
			t.Errorf("%q with PORT=%q: %v, %v; want %q", test.args, test.port, s, err, test.want)
		}
	}
}

func TestFlagsReachTheServer(t *testing.T) {
	s, err := parseFlags(strings.Fields("-max-body 7 -max-conns 8 -head-timeout 1s -body-timeout 2s -write-timeout 3s -idle-timeout 4s -shutdown-timeout 5s"),
		func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	got := [...]time.Duration{s.server.HeadTimeout, s.server.BodyTimeout, s.server.WriteTimeout, s.server.IdleTimeout, s.shutdownTimeout}
	want := [...]time.Duration{1e9, 2e9, 3e9, 4e9, 5e9}
	if got != want || s.server.MaxBody != 7 || s.server.MaxConns != 8 {
		t.Errorf("%v, body %d, connections %d; want %v, 7, 8", got, s.server.MaxBody, s.server.MaxConns, want)
	}
}

// A socket left by a killed process is taken over; one in use, or a file, is not.
func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first, err := listenUnix(path, 0)
	if err != nil {
		t.Skipf("no Unix sockets here: %v", err)
	}
	if _, err := listen("unix:"+path, 0); err == nil || !strings.Contains(err.Error(), "already in use") {
		t.Errorf("second listener: %v; want already in use", err)
	}
	first.(*net.UnixListener).SetUnlinkOnClose(false)
	first.Close()
	second, err := listenUnix(path, 0)
	if err != nil {
		t.Fatalf("the socket is still there: %v", err)
	}
	second.Close()
}

// A file or a folder with the name of the socket stays what it is.
func TestUnixSocketReplacesNothingElse(t *testing.T) {
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "file"), filepath.Join(dir, "folder")
	link := filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(file, []byte("precious"), 0o600), os.Mkdir(folder, 0o700), os.Symlink(file, link)); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{file, folder, link} {
		if l, err := listenUnix(path, 0); err == nil {
			l.Close()
			t.Errorf("listens on %q", path)
		}
	}
	if octets, err := os.ReadFile(link); string(octets) != "precious" {
		t.Errorf("the file holds %q now, %v", octets, err)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		t.Errorf("the folder: %v", err)
	}
}

// The name localhost is served at both of its addresses, on one port.
func TestLocalhost(t *testing.T) {
	probe, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	defer probe.Close()
	p := startProcess(t, "-addr", "localhost:0", "-xray", "localhost:0")
	_, port, _ := net.SplitHostPort(p.address())
	for _, host := range []string{"127.0.0.1", "::1", "localhost"} {
		answer, err := http.Get("http://" + net.JoinHostPort(host, port) + "/healthz")
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != 200 {
			t.Errorf("%s: got %s", host, answer.Status)
		}
	}
	taken, err := listen(net.JoinHostPort("localhost", port), 0)
	if err == nil {
		closeAll(taken)
		t.Error("listened on a port that is in use")
	}
}
