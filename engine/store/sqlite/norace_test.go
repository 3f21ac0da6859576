//go:build !race

package sqlite

// modelScale is 1 for all models.
const modelScale = 1
