package static

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"unicode"
)

// maxRestarts bounds the symbolic links and ".." steps of one look-up, as the
// kernel does: links may point at each other.
const maxRestarts = 40

// refused is why something is not served although it may be there: for the log,
// never for the client. For the rest of the program it is fs.ErrNotExist.
type refused string

func (r refused) Error() string        { return string(r) }
func (r refused) Is(target error) bool { return target == fs.ErrNotExist }

// refusedf is refused with a formatted text.
func refusedf(format string, args ...any) error { return refused(fmt.Sprintf(format, args...)) }

// lookUp opens the regular file that the segments name below root. For a folder
// it returns no file, only its info. Anything else, such as a device, is refused.
//
// The kernel could walk the whole path at once, and os.Root would keep it
// inside. But then a link could lead to a hidden file, and a folder on the way
// could be replaced by such a link between check and use. So each name is looked
// up in the open folder before it, checked, opened, and compared with what was
// checked. Links are followed by name, and each name in them must be followable.
func lookUp(root *os.Root, segments []string) (*os.File, fs.FileInfo, error) {
	for _, name := range segments {
		if hidden(name) {
			return nil, nil, refusedf("the name %.64q begins with a dot", name)
		}
		if !servable(name, runtime.GOOS == "windows") {
			return nil, nil, refusedf("no file is served by the name %.64q", name)
		}
	}
	f, info, linked, err := walk(root, segments)
	if linked && errors.Is(err, fs.ErrNotExist) {
		// An update exchanges a link, then removes what it led to: this may have
		// happened in between, and the file has never been missing.
		f, info, _, err = walk(root, segments)
	}
	return f, info, err
}

// walk descends until no link is left, and reports whether there was one. Most
// names have none in them and are walked once.
func walk(root *os.Root, segments []string) (f *os.File, info fs.FileInfo, linked bool, err error) {
	for range maxRestarts {
		f, info, instead, err := descend(root, segments)
		if err != nil || instead == nil {
			return f, info, linked, err
		}
		segments, linked = instead, true
	}
	return nil, nil, false, refusedf("more than %d links and .. on the way", maxRestarts)
}

// descend takes one step per segment. Where it meets a link or "..", it returns
// the segments to walk from the root instead.
func descend(root *os.Root, segments []string) (f *os.File, info fs.FileInfo, instead []string, err error) {
	if len(segments) == 0 {
		info, err = root.Stat(".")
		return nil, info, nil, err
	}
	// Of the folders on the way only the last one is kept open, so a deep path
	// needs no more descriptors than a short one.
	dir := root
	defer func() {
		if dir != root {
			dir.Close()
		}
	}()
	for i, name := range segments {
		if name == ".." {
			// It came from a link, since no segment of a request may be "..".
			// The folder before it is not a link, so its parent is the one
			// before that.
			instead, err = parent(segments, i)
			return nil, nil, instead, err
		}
		info, err = dir.Lstat(name)
		switch {
		case err != nil:
			return nil, nil, nil, err
		case info.Mode()&fs.ModeSymlink != 0:
			instead, err = follow(dir, segments, i)
			return nil, nil, instead, err
		case i == len(segments)-1:
			f, info, err = openFile(dir, name, info)
			return f, info, nil, err
		}
		next, err := openDir(dir, name, info)
		if err != nil {
			return nil, nil, nil, err
		}
		if dir != root {
			dir.Close()
		}
		dir = next
	}
	panic("unreachable: the last segment returns")
}

// openDir opens a folder, which must be the one that info describes.
func openDir(dir *os.Root, name string, info fs.FileInfo) (*os.Root, error) {
	if !info.IsDir() {
		return nil, refusedf("%q is no folder", name)
	}
	next, err := dir.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	if opened, err := next.Stat("."); err != nil || !os.SameFile(info, opened) {
		next.Close()
		return nil, refusedf("%q was exchanged while it was opened", name)
	}
	return next, nil
}

// openFile opens a regular file, which must be the one that info describes, and
// returns its info as of now. For a folder it returns no file. A device or a
// pipe is not opened at all, since that alone can block or have effects;
// O_NONBLOCK is for one that has just taken the place of a regular file.
func openFile(dir *os.Root, name string, info fs.FileInfo) (*os.File, fs.FileInfo, error) {
	if info.IsDir() {
		return nil, info, nil
	}
	if !info.Mode().IsRegular() {
		return nil, nil, refusedf("%q is neither a file nor a folder: %v", name, info.Mode().Type())
	}
	f, err := dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	opened, err := f.Stat()
	if err != nil || !os.SameFile(info, opened) {
		f.Close()
		return nil, nil, refusedf("%q was exchanged while it was opened", name)
	}
	return f, opened, nil
}

// follow replaces the link at index i by the segments it points to. An absolute
// link is refused, even if it points below the root.
func follow(dir *os.Root, segments []string, i int) ([]string, error) {
	target, err := dir.Readlink(segments[i])
	if err != nil {
		return nil, err
	}
	target = filepath.ToSlash(target)
	if filepath.IsAbs(target) || strings.HasPrefix(target, "/") {
		return nil, refusedf("the link %q has an absolute path", segments[i])
	}
	// A relative link starts at the folder that it is in.
	path := slices.Clone(segments[:i])
	for name := range strings.SplitSeq(target, "/") {
		switch {
		case name == "" || name == ".":
		case name == ".." || followable(name, runtime.GOOS == "windows"):
			path = append(path, name)
		default:
			return nil, refusedf("the link %q leads through %q, which is not served", segments[i], name)
		}
	}
	return append(path, segments[i+1:]...), nil
}

// parent removes the ".." at index i and the folder before it, as the kernel
// would: that folder was walked through and is not a link.
func parent(segments []string, i int) ([]string, error) {
	if i == 0 {
		return nil, refused("a link leads out of the folder")
	}
	return slices.Concat(segments[:i-1], segments[i+1:]), nil
}

// servable reports whether a decoded segment may name a file: not "", "." or
// "..", no hidden name such as .git, no separator of any system, which an escape
// can hold, and no NUL. These are refused on every system. On Windows more names
// are, since they mean another file than they say: "a.txt:stream" and "C:",
// "GIT~1" for .git, and "a.txt." for a.txt.
func servable(name string, windows bool) bool {
	if windows && (strings.ContainsAny(name, ":~") || strings.TrimRight(name, ". ") != name) {
		return false
	}
	return name != "" && !hidden(name) && !strings.ContainsAny(name, "/\\\x00")
}

// followable reports whether a link may lead to or through a name: what may be
// asked for, and "..data" and its like. Kubernetes makes every key of a ConfigMap
// or a Secret a link to "..data/key", and "..data" one to "..2026_11_27_…", which
// it exchanges as a whole. Whoever links to .git or .env, which begin with one
// dot, still does not publish them.
func followable(name string, windows bool) bool {
	rest, twoDots := strings.CutPrefix(name, "..")
	if twoDots && strings.IndexFunc(rest, unicode.IsGraphic) == 0 {
		name = rest // which must not begin with a third dot
	}
	return servable(name, windows)
}

// hidden reports whether a name begins with a dot. HFS+ compares names without
// invisible characters such as U+200C, so those before the dot do not count.
func hidden(name string) bool {
	visible := strings.TrimLeftFunc(name, func(c rune) bool { return !unicode.IsGraphic(c) })
	return strings.HasPrefix(visible, ".")
}
