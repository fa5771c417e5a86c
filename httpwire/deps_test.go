package httpwire

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// depsPolicy says which packages of this module each package may import, and,
// in brackets, which it must not import from the standard library. It is a
// statement of policy: do not change it to make a build pass.
//
//	main ─▶ api ─▶ router ─▶ httpwire ─▶ httpwire/syntax ─▶ standard library
//
// The grammar's border is a package: httpwire/syntax does no I/O, knows no time
// and starts no goroutine.
const depsPolicy = `
	httpwire/syntax:                 [net io bufio time context os sync sync/atomic]
	httpwire:                        httpwire/syntax
	httpwire/websocket/frame:        [net io bufio time context os sync sync/atomic]
	httpwire/websocket/sockettest:   httpwire/websocket/frame
	httpwire/websocket:              httpwire httpwire/syntax httpwire/websocket/frame
	router:                          httpwire httpwire/syntax
	router/middleware:               httpwire httpwire/syntax
	router/conditional:              httpwire
	router/accept:                   httpwire
	router/static:                   router/conditional httpwire
	conformance:

	cmd/rawserve/internal/messages:  [net io/fs os/exec]
	cmd/rawserve/internal/messages/storetest: cmd/rawserve/internal/messages
	cmd/rawserve/internal/messages/etcdstore: cmd/rawserve/internal/etcd cmd/rawserve/internal/messages
	cmd/rawserve/internal/etcd:      httpwire/syntax
	cmd/rawserve/internal/etcd/etcdtest:
	cmd/rawserve/internal/messages/logstore: cmd/rawserve/internal/messages [net os/exec]
	cmd/rawserve/internal/api:       cmd/rawserve/internal/messages router router/accept router/conditional httpwire
	                                 httpwire/websocket httpwire/websocket/frame
	cmd/rawserve/internal/web:       router router/accept router/conditional httpwire
	cmd/rawserve/internal/demo:      router httpwire httpwire/syntax httpwire/websocket
	cmd/rawserve/internal/xray:      httpwire httpwire/syntax httpwire/websocket/frame [net os io bufio time context sync/atomic]
	cmd/rawserve/internal/lint:      cmd/rawserve/internal/xray conformance httpwire/syntax [net os io bufio context]
	cmd/rawserve/internal/explain:   cmd/rawserve/internal/xray cmd/rawserve/internal/lint conformance httpwire/syntax
	                                 httpwire/websocket/frame [net]
	cmd/rawserve/internal/live:      cmd/rawserve/internal/xray cmd/rawserve/internal/lint conformance httpwire httpwire/syntax [os]
	cmd/rawserve:                    cmd/rawserve/internal/api cmd/rawserve/internal/demo cmd/rawserve/internal/explain
	                                 cmd/rawserve/internal/live cmd/rawserve/internal/messages cmd/rawserve/internal/web
	                                 cmd/rawserve/internal/etcd cmd/rawserve/internal/messages/etcdstore
	                                 cmd/rawserve/internal/messages/logstore
	                                 conformance router router/middleware router/static httpwire httpwire/websocket
	bench/server:                    router router/static httpwire
`

// neverImported is what no package of the module imports, but for tests, and
// for net/http what lies under bench.
var neverImported = []string{"net/http", "unsafe", "C"}

// maxLines is how long a source file may become before it should be two.
const maxLines = 450

const modulePath = "rawserve"

// moduleRoot is the directory of go.mod, seen from this package.
const moduleRoot = ".."

func TestDependencies(t *testing.T) {
	policy := parsePolicy(t)
	eachSource(t, func(file string, source []byte, imports []string) {
		pkg := path.Dir(file)
		allowed, known := policy[pkg]
		if !known {
			t.Errorf("package %s is not in the policy", pkg)
		}
		for _, imported := range imports {
			local, isLocal := strings.CutPrefix(imported, modulePath+"/")
			first, _, _ := strings.Cut(imported, "/")
			switch {
			case isLocal && !slices.Contains(allowed, local):
				t.Errorf("%s imports %s, which the policy does not allow", file, local)
			case !isLocal && strings.Contains(first, "."):
				t.Errorf("%s imports %s, which is not in the standard library", file, imported)
			case slices.Contains(allowed, "!"+imported):
				t.Errorf("%s imports %s, which the policy forbids", file, imported)
			case slices.Contains(neverImported, imported) && !(imported == "net/http" && strings.HasPrefix(file, "bench/")):
				t.Errorf("%s imports %s", file, imported)
			}
		}
		if bytes.Contains(source, []byte("\n//go:linkname ")) {
			t.Errorf("%s uses linkname", file)
		}
	})
}

func TestNoFileIsTooLong(t *testing.T) {
	eachSource(t, func(file string, source []byte, _ []string) {
		if lines := bytes.Count(source, []byte("\n")); lines > maxLines {
			t.Errorf("%s has %d lines, want at most %d", file, lines, maxLines)
		}
	})
}

func TestModuleRequiresNothing(t *testing.T) {
	content, err := os.ReadFile(moduleRoot + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "require") || strings.HasPrefix(line, "replace") {
			t.Errorf("go.mod has %q", strings.TrimSpace(line))
		}
	}
}

// parsePolicy returns the imports that depsPolicy allows for each package, and
// those it forbids, with an exclamation mark.
func parsePolicy(t *testing.T) map[string][]string {
	t.Helper()
	policy := map[string][]string{}
	pkg := ""
	for line := range strings.Lines(depsPolicy) {
		rest := line
		if name, imports, found := strings.Cut(line, ":"); found {
			pkg, rest = strings.TrimSpace(name), imports
			policy[pkg] = nil
		}
		allowed, forbidden, _ := strings.Cut(strings.TrimSpace(rest), "[")
		policy[pkg] = append(policy[pkg], strings.Fields(allowed)...)
		for _, imported := range strings.Fields(strings.TrimSuffix(forbidden, "]")) {
			policy[pkg] = append(policy[pkg], "!"+imported)
		}
	}
	return policy
}

// eachSource calls f with every source file of the module that is no test: its
// path from the root, its octets and what it imports.
func eachSource(t *testing.T, f func(file string, source []byte, imports []string)) {
	t.Helper()
	root := os.DirFS(moduleRoot)
	err := fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, nested := fs.Stat(root, path.Join(file, "go.mod"))
			if file != "." && (nested == nil || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, spec := range parsed.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
			imports = append(imports, imported)
		}
		f(file, source, imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A package that the policy names is there.
func TestPolicyIsNotOlderThanTheTree(t *testing.T) {
	for pkg := range parsePolicy(t) {
		if _, err := os.Stat(moduleRoot + "/" + pkg); err != nil {
			t.Errorf("the policy names %s: %v", pkg, err)
		}
	}
}
