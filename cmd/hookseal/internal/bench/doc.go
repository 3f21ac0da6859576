// Package bench measures the real binary: what `hookseal bench` runs.
//
// It starts `hookseal serve` as another process, posts signed webhooks to it over
// a fixed number of connections, takes the deliveries in, and reports how many
// events went through in a second, how long they took, and what each process used
// of the processors. Load and sink are written for little work of their own, since
// they share the machine with what is measured.
package bench
