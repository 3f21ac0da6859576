package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
)

// logRoom is what the disk must have free for the write-ahead log, which is
// written beside the file, before pages that are free within the file count.
const logRoom = 64 << 20

// Free returns how many bytes the store can still write: what its disk has free,
// and what was removed from the file, which does not shrink.
func (s *Store) Free(ctx context.Context) (int64, error) {
	free, err := diskFree(filepath.Dir(s.path))
	if err != nil {
		return 0, fmt.Errorf("free space of %s: %w", filepath.Dir(s.path), err)
	}
	if free < logRoom {
		return free, nil
	}
	within, err := s.freeWithin(ctx)
	return free + within, err
}

// freeWithin returns how many bytes of the file are used by nothing.
func (s *Store) freeWithin(ctx context.Context) (free int64, err error) {
	err = s.read(ctx, "free", func(c *conn) error {
		return c.query(ctx, func(r *row) error {
			free = r.int()
			return nil
		}, "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size")
	})
	return free, err
}
