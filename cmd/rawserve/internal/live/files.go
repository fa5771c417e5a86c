package live

import (
	"bytes"
	"embed"
	"sync"
)

// files holds the live page: one document, one style sheet, one script in several
// files.
//
//go:embed page
var files embed.FS

// scripts are the files of the script, in the order in which they are to be read.
var scripts = []string{
	"common", "events", "list", "exchange", "octets", "verdict", "selected", "steps", "compare", "share", "controls", "try", "wiring",
}

// pageFile returns one of the embedded files.
func pageFile(name string) []byte {
	data, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return data
}

// pageScript returns the script of the page.
var pageScript = sync.OnceValue(func() []byte {
	var parts [][]byte
	for _, name := range scripts {
		parts = append(parts, pageFile("script/"+name+".js"))
	}
	return bytes.Join(parts, []byte("\n"))
})
