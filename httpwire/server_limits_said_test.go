package httpwire

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"rawserve/httpwire/syntax"
)

// octets writes a number of octets as the documents do.
func octets(n int) string {
	if n >= 1<<20 {
		return fmt.Sprint(n>>20, " MiB")
	}
	return fmt.Sprint(n>>10, " KiB")
}

// span writes a time as the documents do.
func span(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprint(d.Milliseconds(), " ms")
	}
	return fmt.Sprint(int(d.Seconds()), " s")
}

// TestLimitsAreSaidAsTheyAre: what the documents say about limits and timeouts is what
// the constants are.
func TestLimitsAreSaidAsTheyAre(t *testing.T) {
	const conns = "10,000" // the grouping is the documents' own
	check(t, "defaultMaxConns", fmt.Sprint(defaultMaxConns), strings.ReplaceAll(conns, ",", ""))
	line, head, fields := octets(defaultMaxRequestLine), octets(defaultMaxHead), fmt.Sprint(defaultMaxFields)
	chunkLine, trailer, body := octets(defaultMaxChunkLine), octets(defaultMaxTrailer), octets(defaultMaxBody)
	rate, linger, quiet := fmt.Sprint(defaultMinRate), span(defaultLingerTimeout), span(lingerPause)
	for file, said := range map[string][]string{
		"../README.md": {
			"| request line | " + line + " | 414 |",
			"| head | " + head + " | 431 |",
			"| fields | " + fields + " | 431 |",
			"| chunk-size line | " + chunkLine + " | 400 |",
			"| trailer section | " + trailer + " | 431 |",
			"| body | " + body + ", per route | 413 |",
			"| connections | " + conns + ", or half of what",
			"| head, from its first octet or from accept | " + span(defaultHeadTimeout) + " | 408, close |",
			"| body, between reads that make progress | " + span(defaultBodyTimeout) + " | 408, close |",
			"| write, between writes that make progress | " + span(defaultWriteTimeout) + " | close |",
			"| idle, between requests | " + span(defaultIdleTimeout) + " | close |",
			"| linger, after the last answer, while octets arrive | " + linger + ", " + quiet + " without one | close |",
			"| body and write: " + rate + " octets/s on average",
		},
		"server.go": {
			"MaxRequestLine is how many octets a request-line may have, without its line ending. Default " + line + ".",
			"end of the empty line. Default " + head + ".",
			"MaxFields is how many field lines a head or a trailer section may have. Default " + fields + ".",
			"MaxChunkLine is how many octets a chunk-size line may have, extensions included. Default " + chunkLine + ".",
			"MaxTrailer is how many octets a trailer section may have. Default " + trailer + ".",
			"MaxBody is how many octets the content of a request may have. Default " + body + ".",
			"MaxConns is how many connections are served at once. Default " + conns + ",",
			"or WriteTimeout in all. Default " + rate + ".",
			"a TLS handshake included. Default " + span(defaultHeadTimeout) + ".",
			"BodyTimeout is how long reading a body may wait without progress. Default " + span(defaultBodyTimeout) + ".",
			"WriteTimeout is how long writing may wait without progress. Default " + span(defaultWriteTimeout) + ".",
			"IdleTimeout is how long a connection may wait for its next request. Default " + span(defaultIdleTimeout) + ".",
			"read it. Default " + linger + ". Without an octet for " + quiet + " it is closed sooner.",
		},
		"server_limits.go": {
			"syntax.DefaultRequestLine // " + line, "syntax.DefaultHead // " + head, "syntax.DefaultFields // " + fields,
			"syntax.DefaultChunkLine // " + chunkLine, "syntax.DefaultTrailer // " + trailer,
			"drainAtMost, drainTimeout " + octets(drainAtMost) + " of an unread body, " + span(drainTimeout) + " ",
			"lingerAtMost, lingerPause " + octets(lingerAtMost) + " after the last answer, " + quiet + " quiet",
			"outputBuffer " + octets(outputBuffer) + " of answers",
			"parkAfter " + span(parkAfter) + " in a goroutine",
			"acceptPauseMost " + span(acceptPauseMost) + " after an error",
		},
		"syntax/head.go":    {"default " + line, "default " + head, "default " + fields},
		"syntax/chunked.go": {"default " + chunkLine, "default " + octets(syntax.DefaultTrailer), "default " + fields},
		"../cmd/rawserve/flags.go": {
			fmt.Sprint("longest request body (default ", defaultMaxBody, ";"),
			fmt.Sprint("most connections at a time; more wait (default ", defaultMaxConns, ","),
			"(default " + rate + "; 0 for none)",
			fmt.Sprint("for a whole request head (default ", defaultHeadTimeout, ")"),
			fmt.Sprint("between reads of a request body (default ", defaultBodyTimeout, ")"),
			fmt.Sprint("between writes of a response (default ", defaultWriteTimeout, ")"),
			fmt.Sprint("between requests (default ", defaultIdleTimeout, ")"),
		},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// Line breaks and comment marks are no part of what is said.
		words := strings.Join(strings.Fields(strings.ReplaceAll(string(text), "\n\t//", "\n")), " ")
		for _, want := range said {
			if !strings.Contains(words, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s does not say %q", file, want)
			}
		}
	}
}
