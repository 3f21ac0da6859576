package host

import (
	"encoding/binary"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// The error numbers of WASI preview 1 that the shim returns.
const (
	wasiOK       hostabi.Result = 0
	wasiBadFile  hostabi.Result = 8
	wasiInvalid  hostabi.Result = 28
	wasiSeekPipe hostabi.Result = 70
)

// wasiFunctions returns what the host serves under [hostabi.WASI]. The shim
// keeps nothing between calls, and so cannot carry state from one to the next.
// See https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md.
func wasiFunctions() map[string]function {
	answer := func(params string, result hostabi.Result) function {
		return function{params: params, run: func(args) hostabi.Result { return result }}
	}
	return map[string]function{
		"args_get":            answer("ii", wasiOK),
		"args_sizes_get":      {params: "ii", run: noStrings},
		"environ_get":         answer("ii", wasiOK),
		"environ_sizes_get":   {params: "ii", run: noStrings},
		"clock_res_get":       {params: "ii", run: clockResolution},
		"clock_time_get":      {params: "iIi", run: clockTime},
		"random_get":          {params: "ii", run: random},
		"fd_close":            answer("i", wasiBadFile),
		"fd_fdstat_get":       {params: "ii", run: fileStatus},
		"fd_fdstat_set_flags": {params: "ii", run: onlyStandard},
		"fd_prestat_get":      answer("ii", wasiBadFile),
		"fd_prestat_dir_name": answer("iii", wasiBadFile),
		"fd_read":             answer("iiii", wasiBadFile),
		"fd_seek":             answer("iIii", wasiSeekPipe),
		"fd_write":            {params: "iiii", run: fileWrite},
		"poll_oneoff":         {params: "iiii", run: poll},
		"proc_exit":           {params: "i", silent: true, run: exit},
		"sched_yield":         answer("", wasiOK),
	}
}

// noStrings says that there are no arguments and no environment.
func noStrings(a args) hostabi.Result {
	clear(a.object(0, 4))
	clear(a.object(1, 4))
	return wasiOK
}

func clockResolution(a args) hostabi.Result {
	binary.LittleEndian.PutUint64(a.object(1, 8), 1)
	return wasiOK
}

// clock_time_get(clock, precision, time)
func clockTime(a args) hostabi.Result {
	const realtime, monotonic = 0, 1
	var at int64
	switch a.i32(0) {
	case realtime:
		at = a.call.realtime()
	case monotonic:
		at = a.call.monotonic()
	default:
		return wasiInvalid
	}
	binary.LittleEndian.PutUint64(a.object(2, 8), uint64(at))
	return wasiOK
}

func random(a args) hostabi.Result {
	a.call.random(a.bytes(0))
	return wasiOK
}

func standard(file int32) bool { return 0 <= file && file <= 2 }

func onlyStandard(a args) hostabi.Result {
	if !standard(a.i32(0)) {
		return wasiBadFile
	}
	return wasiOK
}

// fileStatus says that the standard files are character devices.
func fileStatus(a args) hostabi.Result {
	if !standard(a.i32(0)) {
		return wasiBadFile
	}
	status := a.object(1, 24)
	clear(status)
	const characterDevice = 2
	status[0] = characterDevice
	return wasiOK
}

// fd_write(file, vectors, count, written)
func fileWrite(a args) hostabi.Result {
	level := hostabi.Info
	switch a.i32(0) {
	case 1:
	case 2:
		level = hostabi.Error
	default:
		return wasiBadFile
	}
	written := uint64(0)
	vectors := a.object(1, uint64(uint32(a.stack[2]))*8)
	for ; len(vectors) > 0; vectors = vectors[8:] {
		at := uint64(binary.LittleEndian.Uint32(vectors))
		size := uint64(binary.LittleEndian.Uint32(vectors[4:]))
		piece := a.span(at, size)
		a.call.meter.charge(costCall + int64(size/bytesPerUnit))
		a.call.console.write(a.call, level, piece)
		written += size
	}
	binary.LittleEndian.PutUint32(a.object(3, 4), uint32(written))
	return wasiOK
}

func exit(a args) hostabi.Result {
	a.call.abort(webhook.GuestTrap, "exited with status %d", a.i32(0))
	return wasiOK
}

// poll_oneoff(in, out, count, events) waits for the earliest clock and for
// nothing else. The wait takes no time: the guest's clocks go forward.
func poll(a args) hostabi.Result {
	const subscriptionSize, eventSize = 48, 32
	subscriptions := a.object(0, uint64(uint32(a.stack[2]))*subscriptionSize)
	var user []byte
	least := int64(0)
	for ; len(subscriptions) > 0; subscriptions = subscriptions[subscriptionSize:] {
		a.call.meter.charge(costCall)
		wait, ok := a.call.wait(subscriptions)
		if ok && (user == nil || wait < least) {
			user, least = subscriptions[:8], wait
		}
	}
	if user == nil {
		return wasiInvalid
	}
	a.call.virtual.elapsed += least
	event := a.object(1, eventSize)
	id := [8]byte(user)
	clear(event)
	copy(event, id[:])
	binary.LittleEndian.PutUint32(a.object(3, 4), 1)
	return wasiOK
}
