package static

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawserve/httpwire"
	"rawserve/router"
)

// deployment is a folder "current" that leads to one of two releases, and what
// serves it, with a clock that stands still.
type deployment struct {
	dir     string
	folder  *Folder
	handler httpwire.Handler
	time    time.Time
}

func deploy(t *testing.T) *deployment {
	t.Helper()
	_, dir := folder(t, map[string]string{
		"release-41/a.txt": "old", "release-41/large.bin": strings.Repeat("old!", 1<<20),
		"release-42/a.txt": "new", "release-42/large.bin": strings.Repeat("new!", 1<<20),
	})
	link(t, "release-41", filepath.Join(dir, "current"))
	d := &deployment{dir: dir, folder: opened(t, filepath.Join(dir, "current"))}
	d.time = d.folder.begun
	d.folder.now = func() time.Time { return d.time }
	rt := router.New()
	rt.Get("/static/*path", d.folder.Serve)
	d.handler = rt.Serve
	return d
}

// switchTo exchanges the link, as deployment tools do.
func (d *deployment) switchTo(t *testing.T, release string) {
	t.Helper()
	next := filepath.Join(d.dir, "next")
	must(t, os.Symlink(release, next))
	must(t, os.Rename(next, filepath.Join(d.dir, "current")))
}

// want asks for a.txt.
func (d *deployment) want(t *testing.T, when, want string) {
	t.Helper()
	if response, body := ask(t, d.handler, "GET /static/a.txt"); response.StatusCode != 200 || body != want {
		t.Errorf("%s: %d %q, want %q", when, response.StatusCode, body, want)
	}
}

func TestSwitchedLink(t *testing.T) {
	d := deploy(t)
	d.want(t, "at first", "old")
	d.switchTo(t, "release-42")
	d.want(t, "looked up less than a second ago", "old")
	d.time = d.time.Add(time.Second)
	d.want(t, "a second later", "new")
	must(t, os.RemoveAll(filepath.Join(d.dir, "release-41")))
	d.want(t, "without the old release", "new")
	d.time = d.time.Add(time.Second)
	d.want(t, "looked up again", "new")
}

// TestNameLeadsNowhere: a link that is removed before the next one is made leaves
// no gap, and a folder may take its place.
func TestNameLeadsNowhere(t *testing.T) {
	d := deploy(t)
	current := filepath.Join(d.dir, "current")
	must(t, os.Remove(current))
	d.time = d.time.Add(time.Second)
	d.want(t, "no link", "old")
	link(t, "nowhere", current)
	d.time = d.time.Add(time.Second)
	d.want(t, "a link to nothing", "old")
	must(t, os.Remove(current))
	must(t, os.WriteFile(current, nil, 0o644))
	d.time = d.time.Add(time.Second)
	d.want(t, "a file", "old")
	must(t, os.Remove(current))
	must(t, os.Rename(filepath.Join(d.dir, "release-42"), current))
	d.time = d.time.Add(time.Second)
	d.want(t, "another folder", "new")
}

// TestSwitchedWhileSent: an answer in progress goes on with the file it began with.
func TestSwitchedWhileSent(t *testing.T) {
	d := deploy(t)
	address := listening(t, &httpwire.Server{Handler: d.handler})
	response, err := http.Get("http://" + address + "/static/large.bin")
	must(t, err)
	defer response.Body.Close()
	body := bufio.NewReader(response.Body)
	if _, err := body.Peek(4); err != nil {
		t.Fatal(err)
	}
	d.switchTo(t, "release-42")
	d.time = d.time.Add(time.Second)
	d.want(t, "another request", "new")
	must(t, os.RemoveAll(filepath.Join(d.dir, "release-41")))
	octets, err := io.ReadAll(body)
	if err != nil || string(octets) != strings.Repeat("old!", 1<<20) {
		t.Errorf("%d octets, %v; want those of the old release", len(octets), err)
	}
}

func TestOpenFails(t *testing.T) {
	_, dir := folder(t, map[string]string{"a.txt": "a"})
	for _, name := range []string{"missing", "a.txt"} {
		if f, err := Open(filepath.Join(dir, name)); err == nil {
			f.Close()
			t.Errorf("%s: opened", name)
		}
	}
}
