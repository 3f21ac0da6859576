// Package durability proves the promise with the real binary: acknowledged means
// stored, also when the process is killed, and a 202 is written only after the
// sync that covers its commit. It has tests alone.
package durability
