//go:build linux || darwin || freebsd

package sqlite

import "syscall"

// diskFree returns the bytes that the disk of a folder has free for us.
func diskFree(dir string) (int64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * int64(stat.Bsize), nil
}
