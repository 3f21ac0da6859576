// Package weburl reads and writes URLs as the WHATWG URL Standard does, for the
// URL class of scripts: https://url.spec.whatwg.org/
//
// Names of hosts are those of ASCII: one with other letters must be given in its
// xn-- form, since the tables that map it are large.
package weburl
