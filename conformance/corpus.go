package conformance

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// testdata is the corpus, and the files its cases send and ask for.
//
//go:embed testdata/*.wire testdata/static
var testdata embed.FS

// Corpus returns the files of cases built into this package, in the order of
// their names. Each call parses them again, so the caller may change them. The
// error is nil unless the package itself is broken.
func Corpus() ([]*File, error) {
	names, err := fs.Glob(testdata, "testdata/*.wire")
	if err != nil {
		return nil, err
	}
	return load(names, testdata.ReadFile)
}

// Load reads the .wire files that paths name; of a directory, all .wire files
// directly in it. The error joins what is wrong with each: errors of reading, the
// *Error values of Parse, and those of Lint for all files together.
func Load(paths []string) ([]*File, error) {
	var names []string
	for _, p := range paths {
		inside, err := filepath.Glob(filepath.Join(p, "*.wire"))
		if err != nil || len(inside) == 0 {
			inside = []string{p}
		}
		names = append(names, inside...)
	}
	return load(names, os.ReadFile)
}

// load parses files and checks them together.
func load(names []string, read func(string) ([]byte, error)) ([]*File, error) {
	var files []*File
	var errs []error
	for _, name := range names {
		data, err := read(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		f, err := Parse(path.Base(filepath.ToSlash(name)), data)
		files, errs = append(files, f), append(errs, err)
	}
	return files, errors.Join(append(errs, Lint(files))...)
}

// generated lists the files for ${file name} that are made, not stored.
var generated = map[string]func() []byte{
	"big.bin":   func() []byte { return counting(2 << 20) },
	"small.bin": func() []byte { return counting(256) },
}

// counting returns n octets that count up, so that every value occurs and a
// lost or doubled one shows.
func counting(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i + i>>8)
	}
	return data
}

// generatedNames lists the generated files for a message.
func generatedNames() string {
	return strings.Join([]string{"big.bin (2 MiB)", "small.bin (256 octets)"}, ", ")
}

// knownFile reports whether ${file name} means something.
func knownFile(name string) bool {
	if generated[name] != nil {
		return true
	}
	info, err := fs.Stat(testdata, path.Join("testdata", name))
	return err == nil && info.Mode().IsRegular()
}

// readFile returns the octets of a file that knownFile knows.
func readFile(name string) []byte {
	if make := generated[name]; make != nil {
		return make()
	}
	data, _ := testdata.ReadFile(path.Join("testdata", name)) // knownFile has seen it
	return data
}
