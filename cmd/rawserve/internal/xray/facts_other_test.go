//go:build !linux

package xray

import "testing"

func checkNoDelay(t *testing.T) { t.Skip("options of sockets are asked for on Linux only") }
