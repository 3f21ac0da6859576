// Package metering rewrites WebAssembly modules so that they count their own work
// and the depth of their calls: a module that spins, or recurses, can then be
// stopped, at the same instruction every time.
//
// [Rewrite] is the one function. What it returns is a module like any other, for
// any runtime: the budget is kept in two globals that the module exports, and an
// imported function is called whenever the budget is used up. Package
// hostabi/host is who calls it here.
//
// # Fuel
//
// Every instruction costs one unit. A global of the type i64, exported under
// [Options].Fuel, holds what is left. The cost of a stretch is taken off before
// it runs; where the rest is below zero the module calls the import tick, of the
// type (i64) -> i64, with that rest, and goes on with what tick returns: a host
// that wants to end the call traps instead. The fuel is 0 in a new instance, so
// that tick is called before any work is done.
//
// The rest is looked at where a function begins, where a loop begins its next
// turn, and within long stretches without either. What is charged there is never
// less than what runs: a short branch is charged with the beginning of the
// function or loop around it, whether it is taken or not, and a long one when it
// is taken. A small function without loops and calls is charged by who calls it.
//
// Instructions whose work depends on an operand cost more: one unit for 8 bytes of
// memory.copy, memory.fill and memory.init, one for every entry of table.copy,
// table.fill, table.init and table.grow, and 4,096 for every page that memory.grow
// has added.
//
// # Stack
//
// A global of the type i32, exported under [Options].Stack, holds how many bytes of
// stack are left, which begins with [Options].StackBytes. A function that may be
// part of a recursion takes off an estimate of its frame when it begins and puts it
// back when it returns; where the rest is below zero it calls tick with [Overflow]
// and does not run on. After any trap the global is not put back: the host sets
// it, or lets the instance go.
//
// # What changes beside
//
// The import is the last of the imported functions, so the index of every function
// that the module defines is one higher than before; indexes of nothing else
// change. Names move along. Custom sections that hold positions or function
// indexes in a form that is not known here are left out: .debug_*, reloc.*,
// linking, sourceMappingURL and metadata.code.*.
package metering
