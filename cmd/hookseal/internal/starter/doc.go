// Package starter writes the folder of a module for an author to begin with: an
// example in the author's language, the SDK beside it, a script that builds it and
// the events that it is tested by. Nothing in it is fetched but, for
// AssemblyScript, the compiler.
package starter
