//go:build race

package sqlite

// modelScale has fewer models run where everything takes longer.
const modelScale = 5
