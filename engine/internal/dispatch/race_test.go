//go:build race

package dispatch_test

// crowdScale makes the crowd smaller where everything takes longer.
const crowdScale = 10
