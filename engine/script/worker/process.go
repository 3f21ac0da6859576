package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"time"
)

// process is a worker as the server sees it. One goroutine at a time talks to
// it; kill may be called by any.
type process struct {
	cmd *exec.Cmd
	in  *os.File
	out *os.File
	// answers reads out.
	answers *bufio.Reader
	words   lastWords
	// memory is what its scripts may hold, in bytes.
	memory int64
	// loaded are the scripts that it knows.
	loaded map[uint64]bool
	// killed is set when the process is ended by the server, overran when that
	// was for want of time.
	killed, overran atomic.Bool
	// dead is closed once the process has ended and nothing of it is left.
	dead chan struct{}
}

const (
	// startTime is how long a process may take to be ready.
	startTime = 10 * time.Second
	// maxScripts is how many scripts a process is given before another one takes
	// its place.
	maxScripts = 64
)

// startProcess starts a worker and waits until it is ready.
func startProcess(ctx context.Context, c Config, memory int64) (*process, error) {
	p, err := spawn(c, memory)
	if err != nil {
		return nil, fmt.Errorf("start a script worker: %w", err)
	}
	var ready readyMessage
	err = p.exchange(ctx, startTime, kindStart, startMessage{Protocol: protocol, Memory: memory}, bounds{kindReady: 64}, func(f frame) (bool, error) {
		return true, readValue(f.payload, &ready)
	})
	if err == nil && ready.Protocol != protocol {
		err = fmt.Errorf("it speaks version %d, want %d", ready.Protocol, protocol)
	}
	if err != nil {
		p.kill()
		<-p.dead
		return nil, fmt.Errorf("start a script worker: %w%s; the program must call worker.Main when it is started with %q", err, p.words.quoted(), c.Args)
	}
	return p, nil
}

// spawn starts the process between two pipes.
func spawn(c Config, memory int64) (*process, error) {
	program, err := self()
	if err != nil {
		return nil, err
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirIn.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	defer theirOut.Close()
	widen(in)
	widen(out)
	p := &process{in: in, out: out, answers: bufio.NewReader(out), memory: memory, loaded: map[uint64]bool{}, dead: make(chan struct{})}
	p.cmd = &exec.Cmd{
		Path: program, Args: append([]string{os.Args[0]}, c.Args...), Env: append(environment(), c.Env...),
		Dir: workingDirectory, Stdin: theirIn, Stdout: theirOut, Stderr: &p.words,
		SysProcAttr: attributes(), WaitDelay: time.Second,
	}
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, in.Close(), out.Close())
	}
	go p.wait()
	return p, nil
}

// environment is what Go and the C library read: two processors, one for the
// collector beside the script, no file of the control group kept open, and no
// address space set aside for each thread.
func environment() []string {
	return []string{"GOMAXPROCS=2", "GODEBUG=containermaxprocs=0,updatemaxprocs=0", "MALLOC_ARENA_MAX=1"}
}

// wait reaps the process. How it ended is in cmd.ProcessState, and what Wait
// itself complains of is that.
func (p *process) wait() {
	_ = p.cmd.Wait()
	p.in.Close()
	p.out.Close()
	close(p.dead)
}

// kill ends the process at once. It holds nothing that would be lost.
func (p *process) kill() {
	if p.killed.Swap(true) {
		return
	}
	select {
	case <-p.dead:
	default:
		killGroup(p.cmd.Process)
	}
}

// usable reports whether a further call can be given to the process.
func (p *process) usable() bool {
	select {
	case <-p.dead:
		return false
	default:
		return !p.killed.Load() && p.answers.Buffered() == 0
	}
}

// suits reports whether the process can run a script: it has its memory limit,
// and knows it or has room for it.
func (p *process) suits(g *guest) bool {
	return p.memory == g.limits.Memory && (p.loaded[g.number] || len(p.loaded) < maxScripts)
}

// exchange sends a message and takes frames until take says that one was the
// last. After an error, or when the time is up or the context has ended, the
// process is of no use any more.
func (p *process) exchange(ctx context.Context, limit time.Duration, k kind, message any, within bounds, take func(frame) (last bool, err error)) error {
	timer := time.AfterFunc(limit, func() {
		p.overran.Store(true)
		p.kill()
	})
	stop := func() bool { return true }
	if ctx.Done() != nil {
		stop = context.AfterFunc(ctx, p.kill)
	}
	defer func() {
		// What has gone off and not killed yet must not kill the next call.
		if inTime, wanted := timer.Stop(), stop(); !inTime || !wanted {
			p.kill()
		}
	}()
	if err := p.send(k, message); err != nil {
		return err
	}
	for {
		f, err := readFrame(p.answers, within)
		if err != nil {
			return err
		}
		if last, err := take(f); last || err != nil {
			return err
		}
	}
}

// send writes one frame.
func (p *process) send(k kind, message any) error {
	b, err := encode(k, message)
	if err != nil {
		return err
	}
	_, err = p.in.Write(b)
	return err
}
