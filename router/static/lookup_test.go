package static

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// link makes a symbolic link, or skips the test where that is not possible.
func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skip(err)
	}
}

// content returns what lookUp finds: the octets of a file, "folder", another
// kind of file, or "" for nothing.
func content(t *testing.T, root *os.Root, path string) string {
	t.Helper()
	f, info, err := lookUp(root, strings.Split(path, "/"))
	switch {
	case err != nil:
		return ""
	case f == nil && info.IsDir():
		return "folder"
	}
	defer f.Close()
	if !info.Mode().IsRegular() {
		return info.Mode().String()
	}
	octets, err := io.ReadAll(f)
	must(t, err)
	return string(octets)
}

func TestLinks(t *testing.T) {
	root, dir := folder(t, map[string]string{
		"a.txt":          "a",
		"sub/b.txt":      "b",
		"sub/deep/c.txt": "c",
		".git/config":    "secret",
		".env":           "secret",
	})
	outside := filepath.Join(filepath.Dir(dir), "outside")
	must(t, os.MkdirAll(outside, 0o755))
	must(t, os.WriteFile(filepath.Join(outside, "secret.txt"), []byte("secret"), 0o644))

	for name, target := range map[string]string{
		"file":           "a.txt",
		"dir":            "sub",
		"chain":          "dir/b.txt",
		"chained-dir":    "dir/deep",
		"roundabout":     "sub/deep/../../a.txt",
		"self":           ".",
		"slash":          "sub/",
		"dots":           "./sub/./deep/",
		"sub/up":         "../a.txt",
		"sub/top":        "..",
		"through":        "chained-dir/../b.txt",
		"missing":        "nowhere",
		"loop":           "loop",
		"loop-a":         "loop-b",
		"loop-b":         "loop-a",
		"growing":        "growing/x",
		"hidden":         ".env",
		"hidden-dir":     ".git",
		"hidden-below":   "sub/../.git/config",
		"hidden-chain":   "hidden",
		"outside":        "../outside/secret.txt",
		"outside-dir":    "../outside",
		"out-and-in":     "../public/a.txt",
		"absolute":       filepath.Join(outside, "secret.txt"),
		"absolute-in":    filepath.Join(dir, "a.txt"),
		"absolute-below": "/a.txt",
		"sub/far":        "../../outside/secret.txt",
		"sub/deep/far":   "../../../outside/secret.txt",
		"file-as-folder": "a.txt/../a.txt",
	} {
		link(t, filepath.FromSlash(target), filepath.Join(dir, filepath.FromSlash(name)))
	}
	tests := []struct{ path, want string }{
		{"file", "a"},
		{"dir", "folder"},
		{"dir/b.txt", "b"},
		{"chain", "b"},
		{"chained-dir/c.txt", "c"},
		{"roundabout", "a"},
		{"self", "folder"},
		{"self/a.txt", "a"},
		{"self/self/self/sub/b.txt", "b"},
		{"slash/b.txt", "b"},
		{"dots/c.txt", "c"},
		{"sub/up", "a"},
		{"sub/top/a.txt", "a"},
		{"dir/top/a.txt", "a"},
		{"through", "b"}, // of what the link leads to, not of the link
		{"missing", ""},
		{"loop", ""},
		{"loop-a", ""},
		{"growing", ""},
		{"hidden", ""},
		{"hidden-dir", ""},
		{"hidden-dir/config", ""},
		{"hidden-below", ""},
		{"hidden-chain", ""},
		{"self/.env", ""},
		{"outside", ""},
		{"outside-dir/secret.txt", ""},
		{"out-and-in", ""},
		{"absolute", ""},
		{"absolute-in", ""},
		{"absolute-below", ""}, // the root of the links is not that of the server
		{"sub/far", ""},
		{"sub/deep/far", ""},
		{"file-as-folder", ""},
	}
	for _, tt := range tests {
		if got := content(t, root, tt.path); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.path, got, tt.want)
		}
	}
}

// TestConfigMap checks the tree that Kubernetes makes of a ConfigMap: every key
// is a link through "..data", and only the keys can be asked for.
func TestConfigMap(t *testing.T) {
	root, dir := folder(t, map[string]string{
		"..2026_11_27_18_20_00.1/config.json":    "old",
		"..2026_11_27_18_20_00.1/sub/index.html": "old page",
		"..2026_11_27_18_30_00.2/config.json":    "new",
		".git/config":                            "secret",
		"...x":                                   "secret",
	})
	for name, target := range map[string]string{
		"..data":      "..2026_11_27_18_20_00.1",
		"config.json": "..data/config.json",
		"sub":         "..data/sub",
		"git":         "..data/../.git/config",
		"three":       "...x",
		"out":         "..data/../../public/config.json",
	} {
		link(t, filepath.FromSlash(target), filepath.Join(dir, name))
	}
	for _, tt := range []struct{ path, want string }{
		{"config.json", "old"},
		{"sub", "folder"},
		{"sub/index.html", "old page"},
		{"..data", ""},
		{"..data/config.json", ""},
		{"..2026_11_27_18_20_00.1/config.json", ""},
		{"sub/../config.json", ""},
		{"git", ""},
		{"three", ""},
		{"out", ""},
	} {
		if got := content(t, root, tt.path); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.path, got, tt.want)
		}
	}
	// An update exchanges all keys at once.
	link(t, "..2026_11_27_18_30_00.2", filepath.Join(dir, "..data_tmp"))
	must(t, os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")))
	if got := content(t, root, "config.json"); got != "new" {
		t.Errorf("after an update: got %q", got)
	}
}

// TestRace exchanges a file, and a folder on the way to it, for links to what
// must not be served, while they are being served. Whatever the moment, the
// answer is the public file or none.
func TestRace(t *testing.T) {
	root, dir := folder(t, map[string]string{
		"dir/file":   "public",
		"spare/file": "public",
		".git/file":  "secret",
		".env":       "secret",
	})
	outside := filepath.Join(filepath.Dir(dir), "outside")
	must(t, os.MkdirAll(outside, 0o755))
	must(t, os.WriteFile(filepath.Join(outside, "file"), []byte("secret"), 0o644))
	in := func(name string) string { return filepath.Join(dir, name) }
	link(t, "target", in("probe"))

	stop := make(chan struct{})
	var exchanges sync.WaitGroup
	exchanges.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, target := range []string{".git", "../outside", filepath.Join("spare", "..", ".git")} {
				// Errors are to be expected here.
				os.Symlink(target, in("link"))
				os.Rename(in("dir"), in("away"))
				os.Rename(in("link"), in("dir"))
				os.Rename(in("dir"), in("link"))
				os.Rename(in("away"), in("dir"))
				os.Remove(in("link"))
			}
			for _, target := range []string{"../.env", "../../outside/file"} {
				os.Symlink(target, in("spare/link"))
				os.Rename(in("spare/link"), in("spare/file"))
				os.WriteFile(in("spare/new"), []byte("public"), 0o644)
				os.Rename(in("spare/new"), in("spare/file"))
			}
		}
	})
	seen := map[string]int{}
	for range 5000 {
		seen[content(t, root, "dir/file")]++
		seen[content(t, root, "spare/file")]++
	}
	close(stop)
	exchanges.Wait()
	if seen["secret"] > 0 {
		t.Errorf("the secret was served %d times", seen["secret"])
	}
	if seen["public"] == 0 {
		t.Error("nothing was served at all: the test checks nothing")
	}
	t.Logf("%v", seen)
}

// TestSpecialFiles checks that what is neither file nor folder is not there,
// and that looking for it does not block.
func TestSpecialFiles(t *testing.T) {
	root, dir := folder(t, map[string]string{"a.txt": "a"})
	listener, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Skip(err)
	}
	defer listener.Close()
	if got := content(t, root, "socket"); got != "" {
		t.Errorf("socket: got %q", got)
	}
}

// TestExchanged takes the moments of TestRace one by one: what was looked at is
// another file, a link or another folder by the time it is opened.
func TestExchanged(t *testing.T) {
	root, dir := folder(t, map[string]string{
		"a.txt":       "public",
		"b.txt":       "public",
		"dir/file":    "public",
		"other/file":  "public",
		".git/config": "secret",
		".env":        "secret",
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	file, other, sub := stat(t, root, "a.txt"), stat(t, root, "b.txt"), stat(t, root, "dir")
	must(t, os.Remove(in("a.txt")))
	link(t, ".env", in("a.txt"))
	must(t, os.RemoveAll(in("dir")))
	link(t, ".git", in("dir"))

	if f, _, err := openFile(root, "a.txt", file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("file, now a link: opened %v, error %v", f, err)
	}
	if f, _, err := openFile(root, "b.txt", file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("file, now another: opened %v, error %v", f, err)
	}
	if next, err := openDir(root, "dir", sub); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("folder, now a link: opened %v, error %v", next, err)
	}
	if next, err := openDir(root, "other", sub); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("folder, now another: opened %v, error %v", next, err)
	}
	f, _, err := openFile(root, "b.txt", other)
	must(t, err)
	must(t, f.Close())
	next, err := openDir(root, "other", stat(t, root, "other"))
	must(t, err)
	must(t, next.Close())
}

func stat(t *testing.T, root *os.Root, name string) fs.FileInfo {
	t.Helper()
	info, err := root.Lstat(name)
	must(t, err)
	return info
}

func TestServable(t *testing.T) {
	tests := []struct {
		name          string
		unix, windows bool
	}{
		{"a.txt", true, true},
		{"größe", true, true},
		{"a b", true, true},
		{"a..b", true, true},
		{"...", false, false},
		{"", false, false},
		{".", false, false},
		{"..", false, false},
		{".git", false, false},
		{"\u200c.git", false, false},
		{"\u200d\ufeff.git", false, false},
		{"\x01.git", false, false},
		{"a/b", false, false},
		{`a\b`, false, false},
		{`..\secret`, false, false},
		{"a\x00", false, false},
		{"C:", true, false},
		{"a.txt:stream", true, false},
		{"a.txt::$DATA", true, false},
		{"GIT~1", true, false},
		{"a.txt.", true, false},
		{"a.txt ", true, false},
	}
	for _, tt := range tests {
		if got := servable(tt.name, false); got != tt.unix {
			t.Errorf("servable(%q) = %v, want %v", tt.name, got, tt.unix)
		}
		if got := servable(tt.name, true); got != tt.windows {
			t.Errorf("servable(%q) on Windows = %v, want %v", tt.name, got, tt.windows)
		}
	}
	if runtime.GOOS == "windows" {
		root, _ := folder(t, map[string]string{"a.txt": "a"})
		for _, name := range []string{"NUL", "COM1", "con", "nul.txt", "A.TXT "} {
			if got := content(t, root, name); got != "" {
				t.Errorf("%s: got %q", name, got)
			}
		}
	}
}

func TestFollowable(t *testing.T) {
	for name, want := range map[string]bool{
		"a.txt": true, "..data": true, "..2026_11_27_18_20_00.1": true,
		"": false, ".": false, "..": false, "...": false, "...x": false, ".env": false, ".git": false,
		"..\u200c":     false, // HFS+ takes it for ".."
		"..\u200cdata": false, "\u200c..data": false, ".\u200c.data": false, "..a/b": false, `..a\b`: false, "..a\x00": false,
	} {
		if got := followable(name, false); got != want {
			t.Errorf("followable(%q) = %v, want %v", name, got, want)
		}
	}
	if followable("..C:", true) || followable("..data.", true) || !followable("..data", true) {
		t.Error("on Windows, a link leads to another name than it says")
	}
}

func BenchmarkLookUp(b *testing.B) {
	dir := b.TempDir()
	for _, name := range []string{"file", "a/file", "a/b/c/file"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"file", "a/file", "a/b/c/file"} {
		b.Run(name, func(b *testing.B) {
			segments := strings.Split(name, "/")
			b.ReportAllocs()
			for b.Loop() {
				f, _, err := lookUp(root, segments)
				if err != nil {
					b.Fatal(err)
				}
				f.Close()
			}
		})
	}
}
