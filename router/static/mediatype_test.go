package static

import (
	"mime"
	"strings"
	"testing"
)

func TestMediaType(t *testing.T) {
	for name, want := range map[string]string{
		"access.log": "text/plain", "openapi.yml": "application/yaml", "openapi.yaml": "application/yaml",
		"captions.vtt": "text/vtt", "a.m4a": "audio/mp4", "a.opus": "audio/ogg", "a.flac": "audio/flac",
		"a.mov": "video/quicktime", "live.m3u8": "application/vnd.apple.mpegurl", "0001.ts": "video/mp2t",
		"a.mjs": "text/javascript", "a.js.map": "application/json", "a.avif": "image/avif", "a.wasm": "application/wasm",
		"A.TXT": "text/plain", "a.tar.gz": "application/gzip", "feed.atom": "application/atom+xml",
		"none": "application/octet-stream", "a.": "application/octet-stream", "a.exe": "application/octet-stream",
		"a.html~": "application/octet-stream", "html": "application/octet-stream",
	} {
		got, _, err := mime.ParseMediaType(mediaType(name))
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, want)
		}
	}
}

// Every row can be found, is a media type, and says the charset if it is text.
func TestMediaTypes(t *testing.T) {
	for ending, value := range mediaTypes {
		_, parameters, err := mime.ParseMediaType(value)
		if err != nil || ending != strings.ToLower(ending) || mediaType("x"+ending) != value {
			t.Errorf("%s: %s, %v", ending, value, err)
		}
		if text := strings.HasPrefix(value, "text/"); text != (parameters["charset"] == "utf-8") {
			t.Errorf("%s: %s: text has a charset, and nothing else has one", ending, value)
		}
	}
}
