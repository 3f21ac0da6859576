// Package lint holds the rules of the repository as tests: who may import whom,
// where a third-party module is at home, what stands at the top level, what the
// public packages export and say of it, and what a program that only verifies
// links and weighs. It has no code of its own.
package lint
