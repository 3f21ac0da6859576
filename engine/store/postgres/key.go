package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// keyName is a dedup key as it is kept: the SHA-256 of source and key, the first
// of them with its length so that no two pairs are written alike.
type keyName [sha256.Size]byte

func nameKey(source, key string) keyName {
	b := binary.AppendUvarint(nil, uint64(len(source)))
	b = append(append(b, source...), key...)
	return sha256.Sum256(b)
}

// scanKey reads a key and what a repeat of it is answered.
func scanKey(row pgx.Row) (name keyName, receipt store.Receipt, err error) {
	var kept, digest []byte
	if err = row.Scan(&kept, text{&receipt.EventID}, &digest); err != nil {
		return name, receipt, err
	}
	if len(kept) != len(name) || len(digest) != len(receipt.BodyDigest) {
		return name, receipt, fmt.Errorf("dedup key in the database has %d and %d bytes, want %d and %d",
			len(kept), len(digest), len(name), len(receipt.BodyDigest))
	}
	receipt.Duplicate, receipt.BodyDigest = true, [32]byte(digest)
	return keyName(kept), receipt, nil
}

// Lookup returns the receipt of a dedup key that is kept; see [store.Store].
func (s *Store) Lookup(ctx context.Context, source, dedupKey string) (receipt store.Receipt, kept bool, err error) {
	wanted := nameKey(source, dedupKey)
	err = s.read(ctx, "look up dedup key", func() error {
		row := s.pool.QueryRow(ctx, "SELECT name, event, digest FROM hookseal.dedup WHERE name = $1", planned, wanted[:])
		_, found, err := scanKey(row)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		receipt, kept = found, err == nil
		return err
	})
	if err != nil {
		return store.Receipt{}, false, err
	}
	if !kept {
		receipt = store.Receipt{}
	}
	return receipt, kept, nil
}
