// Package bench compares hookseal's verification with the Go libraries of the
// vendors, and its host of modules with that of Extism, on the same messages in one
// run. It is a module of its own, so that hookseal depends on none of them.
//
//	cd testdata/bench && go test -bench . -benchtime 2s
//
// Every figure comes from short stretches of the two sides in turn, so that both
// see the same machine: "ratio" is the median of hookseal's time over the
// library's, with its tenth and ninetieth percentile; below 1 hookseal is faster.
package bench
