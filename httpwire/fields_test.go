package httpwire

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// mostFiles is how many files may touch a field of the types that hold the state of
// a connection: whoever changes one can look at all of them.
const mostFiles = 3

// TestFieldsAreTouchedByFewFiles: the state of a connection does not lie open to the
// whole package.
func TestFieldsAreTouchedByFewFiles(t *testing.T) {
	fset, info := token.NewFileSet(), &types.Info{Uses: map[*ast.Ident]types.Object{}}
	var files []*ast.File
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_other.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	// What is imported is not looked at: the fields and their types are our own.
	config := types.Config{Importer: noImports{}, Error: func(error) {}}
	pkg, _ := config.Check("httpwire", fset, files, info)
	for _, name := range []string{"Conn", "burst", "exchange"} {
		structure := pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct)
		for i := range structure.NumFields() {
			touching := map[string]bool{}
			for ident, object := range info.Uses {
				if object == structure.Field(i) {
					touching[fset.File(ident.Pos()).Name()] = true
				}
			}
			if len(touching) == 0 || len(touching) > mostFiles {
				t.Errorf("%s.%s is touched by %d files, want 1 to %d: %v", name, structure.Field(i).Name(),
					len(touching), mostFiles, touching)
			}
		}
	}
}

// noImports imports nothing.
type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.New("not imported") }
