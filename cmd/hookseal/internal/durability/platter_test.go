package durability

import (
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// platter is what a program did to the files of a folder, as POSIX lets a power
// cut leave it: a write lasts once a sync of its file that began after it has
// returned, and a name once a sync of the folder has. What does not last may be
// there, whole or in part, or not, whatever came after it.
type platter struct {
	// names are what happened to the folder, in order.
	names []naming
	// syncs are those of the folder.
	syncs []syncing
	files []*inode
}

// naming gives a name to a file, or takes it away (file is nil).
type naming struct {
	at   int
	name string
	file *inode
}

// inode is a file, whatever its name.
type inode struct {
	writes []writing
	syncs  []syncing
}

// writing is a write, or a truncation if data is nil.
type writing struct {
	began, end int
	at         int
	data       []byte
}

type syncing struct {
	began, end int
	ok         bool
}

var (
	openedPath = regexp.MustCompile(`^(?:AT_FDCWD, )?"((?:\\x[0-9a-f]{2})+)", ([A-Z_|]+)`)
	unlinked   = regexp.MustCompile(`^(?:AT_FDCWD, )?"((?:\\x[0-9a-f]{2})+)"`)
	written    = regexp.MustCompile(`^\d+, "((?:\\x[0-9a-f]{2})*)", \d+, (\d+)$`)
	sized      = regexp.MustCompile(`^\d+, (\d+)$`)
)

// unhex reads a string of strace -xx.
func unhex(text string) []byte {
	data, err := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	if err != nil {
		return nil
	}
	return data
}

// film makes a platter of a trace (with -xx) of what happened in dir.
func film(all []call, dir string) *platter {
	p := &platter{}
	named, open := map[string]*inode{}, map[int]*inode{}
	folders := map[int]bool{}
	for _, c := range all {
		switch c.name {
		case "open", "openat":
			m := openedPath.FindStringSubmatch(c.text)
			if m == nil || !c.ok() {
				continue
			}
			path := string(unhex(m[1]))
			delete(open, c.result)
			folders[c.result] = path == dir
			name, inside := strings.CutPrefix(path, dir+"/")
			if !inside || strings.HasSuffix(name, "-shm") {
				continue
			}
			if named[name] == nil && strings.Contains(m[2], "O_CREAT") {
				named[name] = &inode{}
				p.files = append(p.files, named[name])
				p.names = append(p.names, naming{c.began, name, named[name]})
			}
			if named[name] != nil {
				open[c.result] = named[name]
			}
		case "close":
			delete(open, c.fd)
			delete(folders, c.fd)
		case "unlink", "unlinkat":
			if m := unlinked.FindStringSubmatch(c.text); m != nil && c.ok() {
				if name, inside := strings.CutPrefix(string(unhex(m[1])), dir+"/"); inside && named[name] != nil {
					delete(named, name)
					p.names = append(p.names, naming{c.began, name, nil})
				}
			}
		default:
			p.note(c, open[c.fd], folders[c.fd])
		}
	}
	return p
}

// note adds a call on an open file or folder.
func (p *platter) note(c call, file *inode, folder bool) {
	switch {
	case c.name == "fsync" || c.name == "fdatasync":
		s := syncing{c.began, c.end, c.ok()}
		if folder {
			p.syncs = append(p.syncs, s)
		} else if file != nil {
			file.syncs = append(file.syncs, s)
		}
	case file == nil:
	case c.name == "pwrite64":
		if m := written.FindStringSubmatch(c.text); m != nil {
			file.writes = append(file.writes, writing{c.began, c.end, toNumber(m[2]), unhex(m[1])})
		}
	case c.name == "ftruncate":
		if m := sized.FindStringSubmatch(c.text); m != nil {
			file.writes = append(file.writes, writing{c.began, c.end, toNumber(m[1]), nil})
		}
	}
}

// lasting reports whether what ended at a line is beyond a power cut. A sync that
// failed has lost it for good: the system may forget what it could not write.
func lasting(syncs []syncing, end, cut int) bool {
	for _, s := range syncs {
		if s.began > end && s.end < cut {
			return s.ok
		}
	}
	return false
}

// develop writes into a folder what a power cut before a line leaves. Keep is how
// likely it is that what need not be there is.
func (p *platter) develop(to string, cut int, keep float64, chance *rand.Rand) error {
	named := map[string]*inode{}
	for _, n := range p.names {
		if n.at >= cut {
			break
		}
		// A folder's changes keep their order: what comes after a lost one is lost.
		if !lasting(p.syncs, n.at, cut) && chance.Float64() >= keep {
			break
		}
		if n.file == nil {
			delete(named, n.name)
		} else {
			named[n.name] = n.file
		}
	}
	for name, file := range named {
		if err := os.WriteFile(filepath.Join(to, name), file.content(cut, keep, chance), 0o600); err != nil {
			return err
		}
	}
	return nil
}

const sector = 512

func (f *inode) content(cut int, keep float64, chance *rand.Rand) []byte {
	var data []byte
	for _, w := range f.writes {
		if w.began >= cut {
			break
		}
		bytes := w.data
		if !lasting(f.syncs, w.end, cut) {
			if chance.Float64() >= keep {
				continue
			}
			if len(bytes) > sector && chance.IntN(4) == 0 { // torn
				bytes = bytes[:sector*(1+chance.IntN(len(bytes)/sector))]
			}
		}
		end := w.at + len(bytes)
		if w.data == nil && len(data) > w.at {
			data = data[:w.at]
		}
		if len(data) < end {
			data = append(data, make([]byte, end-len(data))...)
		}
		copy(data[w.at:], bytes)
	}
	return data
}
