package sqlite

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

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

// slot is what the index of the file holds of a name: its first eight bytes,
// which two names may share.
func (n *keyName) slot() int64 { return int64(binary.BigEndian.Uint64(n[:])) }

// keyRow is a key with the row that keeps it.
type keyRow struct {
	name keyName
	seq  int64
}

const (
	selectKeys        = "SELECT name, event, digest FROM dedup WHERE seq IN"
	selectIndexedKeys = "SELECT d.name, d.event, d.digest FROM dedup_index i JOIN dedup d ON d.seq = i.seq WHERE i.slot IN"
)

// knownKeys returns the receipts of those keys of the batch that are kept.
func (t *tx) knownKeys(batch []*request) (map[keyName]store.Receipt, error) {
	var seqs, slots []int64
	for _, r := range batch {
		if r.accept == nil || !r.accept.keyed {
			continue
		}
		if seq, recent := t.recent.find(&r.accept.name); recent {
			seqs = append(seqs, seq)
		} else {
			slots = append(slots, r.accept.name.slot())
		}
	}
	known := map[keyName]store.Receipt{}
	if err := t.readKeys(known, selectKeys, seqs); err != nil {
		return nil, err
	}
	return known, t.readKeys(known, selectIndexedKeys, slots)
}

// readKeys adds the receipts that a query finds for the values.
func (t *tx) readKeys(known map[keyName]store.Receipt, query string, values []int64) error {
	return chunks(values, func(group []any) error {
		return t.each(func(r *row) error {
			name, receipt, err := r.receipt()
			known[name] = receipt
			return err
		}, query+" ("+placeholders(len(group))+")", group...)
	})
}

// receipt reads a key and what a repeat of it is answered.
func (r *row) receipt() (keyName, store.Receipt, error) {
	name, err := r.keyName()
	receipt := store.Receipt{EventID: r.text(), Duplicate: true}
	copy(receipt.BodyDigest[:], r.blob())
	return name, receipt, err
}

func (r *row) keyName() (keyName, error) {
	b := r.blob()
	if len(b) != len(keyName{}) {
		return keyName{}, fmt.Errorf("dedup key in the database has %d bytes, want %d", len(b), len(keyName{}))
	}
	return keyName(b), nil
}

const selectOldKeys = "SELECT name, seq FROM dedup WHERE time < ? ORDER BY time LIMIT ?"

// removeKeys removes at most limit of the keys from before a moment, and returns
// how many.
func (t *tx) removeKeys(before int64, limit int) (int, error) {
	var old []keyRow
	err := t.each(func(r *row) error {
		name, err := r.keyName()
		old = append(old, keyRow{name, r.int()})
		return err
	}, selectOldKeys, before, int64(limit))
	if err != nil {
		return 0, err
	}
	slices.SortFunc(old, keyRow.compare)
	for i := range old {
		k := &old[i]
		if _, err := t.exec("DELETE FROM dedup_index WHERE slot = ? AND seq = ?", k.name.slot(), k.seq); err != nil {
			return 0, err
		}
		if _, err := t.exec("DELETE FROM dedup WHERE seq = ?", k.seq); err != nil {
			return 0, err
		}
	}
	t.keys.removed = append(t.keys.removed, old...)
	return len(old), nil
}
