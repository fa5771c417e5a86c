// Package rawserve holds the part of its own source that refuses requests, so that
// the x-ray page can show which lines have decided.
package rawserve

import "embed"

// Source holds the files, under their paths in the module.
//
//go:embed httpwire/burst.go httpwire/request_body.go httpwire/syntax/*.go
var Source embed.FS
