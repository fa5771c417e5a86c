package static

import (
	"errors"
	"io/fs"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"rawserve/httpwire"
)

// TestWhy checks what the log says of a file that is not served, and that the client
// is told the same in all cases.
func TestWhy(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the system says it in other words")
	}
	root, dir := folder(t, map[string]string{"a.txt": "a", ".env": "secret", "sub/index.html/x": ""})
	for name, target := range map[string]string{
		"hidden": ".env", "outside": "../x", "absolute": "/a.txt", "loop": "loop", "gone": "nowhere",
	} {
		link(t, target, filepath.Join(dir, name))
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "socket"))
	must(t, err)
	defer listener.Close()
	for target, want := range map[string]string{
		".env":      `the name ".env" begins with a dot`,
		"%2e%2e/x":  `the name ".." begins with a dot`,
		"a%2Fb":     `no file is served by the name "a/b"`,
		"sub//x":    `no file is served by the name ""`,
		"hidden":    `the link "hidden" leads through ".env", which is not served`,
		"outside":   `a link leads out of the folder`,
		"absolute":  `the link "absolute" has an absolute path`,
		"loop":      `more than 40 links and .. on the way`,
		"gone":      `no such file or directory`,
		"missing":   `no such file or directory`,
		"a.txt/b":   `"a.txt" is no folder`,
		"sub/":      `index.html is a folder`,
		"socket":    `"socket" is neither a file nor a folder: S`,
		"%0a%1b%5b": `no such file or directory`,
	} {
		var logged error
		handler := func(w *httpwire.Response, r *httpwire.Request) error {
			logged = mounted(root)(w, r)
			return logged
		}
		response, body := ask(t, handler, "GET /static/"+target)
		if logged == nil || !strings.Contains(logged.Error(), want) {
			t.Errorf("%s: the log has %v, want %s", target, logged, want)
		}
		const told = `{"status":404,"title":"Not Found","detail":"there is no such file"}`
		if response.StatusCode != 404 || strings.TrimSpace(body) != told {
			t.Errorf("%s: the client is told %d %s", target, response.StatusCode, body)
		}
	}
}

// TestMissing checks what a client is told about an error of the system.
func TestMissing(t *testing.T) {
	tests := []struct {
		err  error
		want int
	}{
		{fs.ErrNotExist, 404},
		{&fs.PathError{Op: "openat", Path: "a", Err: syscall.EACCES}, 404},
		{&fs.PathError{Op: "openat", Path: "a", Err: syscall.ENOTDIR}, 404},
		{&fs.PathError{Op: "openat", Path: "a", Err: syscall.EMFILE}, 503},
		{&fs.PathError{Op: "openat", Path: "a", Err: syscall.ENFILE}, 503},
	}
	for _, tt := range tests {
		var problem *httpwire.Problem
		if err := missing(tt.err); !errors.As(err, &problem) || problem.Status != tt.want {
			t.Errorf("%v: got %v, want %d", tt.err, err, tt.want)
		}
		if strings.Contains(problem.Detail, "openat") {
			t.Errorf("the client is told %q", problem.Detail)
		}
	}
}
