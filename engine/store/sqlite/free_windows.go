package sqlite

import (
	"syscall"
	"unsafe"
)

// diskFree returns the bytes that the disk of a folder has free for us.
func diskFree(dir string) (int64, error) {
	name, err := syscall.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	call := syscall.NewLazyDLL("kernel32.dll").NewProc("GetDiskFreeSpaceExW")
	if done, _, err := call.Call(uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(&free)), 0, 0); done == 0 {
		return 0, err
	}
	return int64(free), nil
}
