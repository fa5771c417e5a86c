package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionOf(t *testing.T) {
	tests := []struct {
		name     string
		module   string
		settings []debug.BuildSetting
		want     string
	}{
		{"nothing_known", "", nil, "rawserve (devel), revision unknown"},
		{"clean", "v1.2.3", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"}},
			"rawserve v1.2.3, revision abc"},
		{"modified", "(devel)", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"},
			{Key: "vcs.time", Value: "2026-11-21T08:00:00Z"}, {Key: "vcs.modified", Value: "true"}},
			"rawserve (devel), revision abc of 2026-11-21T08:00:00Z, modified"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			info := &debug.BuildInfo{Settings: test.settings}
			info.Main.Version = test.module
			if got := versionOf(info); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestVersionFlag(t *testing.T) {
	for _, args := range []string{"-version", "--version", "serve -version"} {
		code, stdout, stderr := runWith(nil, strings.Fields(args)...)
		if code != exitOK || !strings.HasPrefix(stdout, "rawserve ") || !strings.Contains(stdout, ", go") || stderr != "" {
			t.Errorf("%s: exit %d, %q, %q", args, code, stdout, stderr)
		}
	}
}
