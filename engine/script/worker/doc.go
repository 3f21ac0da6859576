// Package worker runs JavaScript guests in processes of their own, so that no
// script takes the server down: neither its memory nor its time, whatever a
// builtin of the interpreter does.
//
//	func main() {
//		if len(os.Args) == 2 && os.Args[1] == "script-worker" {
//			worker.Main()
//		}
//		…
//		scripts := worker.NewLoader(worker.Config{Args: []string{"script-worker"}})
//		eng, err := engine.Open(engine.Config{Guests: []engine.GuestLoader{scripts}, …})
//	}
//
// A [Loader] stands in the place of a [script.Loader], and its guests are the
// same: results, console lines, errors and the places that they name. What it adds
// are ends that a script cannot prevent:
//
//   - A call that has not ended a quarter over its time, and ten milliseconds, is
//     ended by killing its process. The error is of the kind timeout and names no
//     place.
//   - A process that takes more memory than its script may have ends at once. The
//     error is of the kind memory.
//   - A nesting that the interpreter does not count ends its process at a depth of
//     a quarter of the memory limit. The error is of the kind trap.
//
// Calls of other scripts run on in other processes. A script that has cost a
// process, or run out of time, waits in line with itself until a call goes well:
// one at a time, each a while after the last, up to a second. A process whose
// script broke a limit is thrown away; one is started when it is needed, in some
// milliseconds.
//
// # The process
//
// It is this same program, started anew, and serves one call at a time over two
// pipes. It is sent the scripts that it has to run, events or requests, and
// settings. It has no environment but what Go reads and [Config].Env says, its
// working directory is the root, and it is a group of its own, so that signals to
// the server's terminal leave it to the server.
//
// On Linux the kernel bounds its memory (RLIMIT_DATA and RLIMIT_AS), over what it
// had at its start: the script's limit and a quarter of it, and 32 MB, which the
// collector needs. Loading a script is given 192 MB more. It can open no file and
// no connection (RLIMIT_NOFILE), closes what it may have inherited, leaves no core,
// gains no privileges (where the program is not linked with C), is the first to go
// when the machine is out of memory, and ends with its server. On other systems it
// looks at its own memory every two milliseconds while a script runs, which a
// builtin can outrun by what it takes in that time; it ends with its server when it
// is idle, and a script that hangs then hangs on.
//
// The server trusts nothing that comes back: frames are bounded, lengths are not
// believed, nesting is bounded, and outputs are looked at again. A process that a
// script has taken over, which takes a fault of the interpreter or of Go, has none of
// the server's secrets and nowhere to tell them. It sees what the calls are about
// that it is given, with the credentials in the requests of rules, and could lie in
// their results, also in those of other scripts: it is lent like the others until
// it answers wrongly.
//
// Scripts that need bundling are bundled by the server, which has the files; the
// bundler is not held by any of this.
package worker
