//go:build !race

package dispatch_test

// crowdScale is 1 for the whole crowd.
const crowdScale = 1
