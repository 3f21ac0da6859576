// Package bundle makes one script of TypeScript and of ES modules, for a
// [script.Loader].
//
//	script.Loader{Bundler: bundle.Bundler{Dir: "/etc/hookseal"}}
//
// It stands apart since it adds some 7 MB to a program, for which whoever runs
// plain scripts has no use.
//
// A script may import files by relative paths: other scripts (.ts, .js, .mjs)
// and data (.json). Types are taken off and not checked: an editor or tsc does
// that. Packages are refused, as is everything else that is no file, or leads out
// of [Bundler.Dir].
package bundle
