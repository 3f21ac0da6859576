// Package scripts holds the transforms that ship with hookseal. They are
// examples to copy as much as parts to use: README.md shows how.
package scripts

import "embed"

// FS holds the scripts by file name, such as "contracts-to-crm.js".
//
//go:embed *.js
var FS embed.FS
