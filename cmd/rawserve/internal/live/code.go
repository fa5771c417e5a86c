package live

import (
	_ "embed"
	"encoding/json"
	"sync"
)

// snippet is a function of the server.
type snippet struct {
	File string `json:"file"`
	Line int    `json:"line"` // of its first one, from 1
	Text string `json:"text"` // with its comment
}

// codeJSON holds the functions that refuse messages, by what xray.Sources names them. A
// test compares them with the source, and makes the file anew.
//
//go:embed code.json
var codeJSON []byte

var snippets = sync.OnceValue(func() map[string]*snippet {
	all := make(map[string]*snippet)
	if err := json.Unmarshal(codeJSON, &all); err != nil {
		panic(err) // the test of the file failed
	}
	return all
})

// code returns the function that a reference such as "httpwire/syntax/line.go:cutLine"
// names, or nil.
func code(reference string) *snippet { return snippets()[reference] }
