//go:build !wasip1

package hostabi

import "embed"

// Sources holds the Go files of this package and of package guest, for those who
// begin a module without a network. A module itself is built without them.
//
//go:embed *.go guest/*.go
var Sources embed.FS
