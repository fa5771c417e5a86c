//go:build unix

package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A real nginx, whose workers are another user, reaches the server through a Unix
// socket with a mode that lets it, and not through one without.
func TestNginxThroughAUnixSocket(t *testing.T) {
	nginx := needNginx(t)
	for _, test := range []struct {
		mode string
		want int
	}{{"0666", 200}, {"0600", 502}} {
		t.Run(test.mode, func(t *testing.T) {
			dir := folderForAll(t)
			socket := filepath.Join(dir, "rawserve.sock")
			startProcess(t, "-addr", "unix:"+socket, "-socket-mode", test.mode, "-log", "off")
			answer, err := http.Get(startNginx(t, nginx, dir, socket) + "/healthz")
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != test.want {
				t.Errorf("got %s, want %d", answer.Status, test.want)
			}
		})
	}
}

// needNginx returns the path of nginx. Without it, or as a user who cannot start
// workers of another user, the test is skipped, but not where everything has to be
// tested.
func needNginx(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("nginx")
	if err == nil && os.Geteuid() != 0 {
		err = fmt.Errorf("only root can start nginx with workers of another user")
	}
	if err != nil {
		if os.Getenv("RAWSERVE_CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// folderForAll returns a folder that every user can enter, which those of T.TempDir are
// not.
func folderForAll(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rawserve")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// startNginx starts nginx in front of a socket, with the workers of user nobody, and
// returns its URL when it listens. It is killed when the test ends.
func startNginx(t *testing.T, nginx, dir, socket string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	config := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(`user nobody nogroup; pid %[1]s/pid; daemon off; error_log %[1]s/errors;
events {}
http { access_log off; client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3;
uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
server { listen %[2]s; location / { proxy_pass http://unix:%[3]s; } } }
`, dir, address, socket)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(nginx, "-c", config)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Signal(os.Interrupt) // the workers end as well
		command.Wait()
	})
	for range 100 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return "http://" + address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("nginx does not listen")
	return ""
}
