// Package skeleton writes the folder of a provider pack for an author to begin
// with: a scheme of the kind that most vendors have, and vectors for it that
// package crypto computed.
package skeleton
