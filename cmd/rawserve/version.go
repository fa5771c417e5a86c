package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version says which build this is: the version of the module, the revision it was
// built from and whether that was modified, the version of Go and the platform.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	return versionOf(info) + ", " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

// versionOf is what the build information says. A build outside a checkout has no
// revision.
func versionOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	module := info.Main.Version
	if module == "" {
		module = "(devel)"
	}
	revision := settings["vcs.revision"]
	if revision == "" {
		revision = "unknown"
	}
	text := fmt.Sprintf("rawserve %s, revision %s", module, revision)
	if at := settings["vcs.time"]; at != "" {
		text += " of " + at
	}
	if settings["vcs.modified"] == "true" {
		text += ", modified"
	}
	return text
}
