package configfile

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// footprint is the files that a configuration was read from, each as it was just
// before it was read, so that what is written later shows as a change.
type footprint struct {
	files map[string]bool
	// folders are those of which every file counts, also one that is new.
	folders []string
	// imports are folders of which every script counts.
	imports []string
	seen    map[string]sight
}

// file notes a file that is about to be read, whether there is one or not.
func (p *footprint) file(path string) {
	if p.files[path] {
		return // it may have been read since it was first seen
	}
	if p.files == nil {
		p.files = map[string]bool{}
	}
	p.files[path] = true
	p.see(map[string]sight{path: look(path)})
}

// folder notes every file of a folder that is about to be read.
func (p *footprint) folder(path string) {
	p.folders = append(p.folders, path)
	p.see(lookWithin(path))
}

// scripts notes the scripts of a folder, of which one may import others.
func (p *footprint) scripts(path string) {
	p.imports = append(p.imports, path)
	p.see(lookAtScripts(path))
}

func (p *footprint) see(sights map[string]sight) {
	if p.seen == nil {
		p.seen = map[string]sight{}
	}
	maps.Copy(p.seen, sights)
}

// now looks at the same files and folders again.
func (p *footprint) now() map[string]sight {
	now := map[string]sight{}
	for path := range p.files {
		now[path] = look(path)
	}
	for _, dir := range p.folders {
		maps.Copy(now, lookWithin(dir))
	}
	for _, dir := range p.imports {
		maps.Copy(now, lookAtScripts(dir))
	}
	return now
}

// sight is what a look at a file shows; nil where there is no file.
type sight struct{ info fs.FileInfo }

// look follows symbolic links: a link that leads to another file shows another
// one.
func look(path string) sight {
	info, err := os.Stat(path)
	if err != nil {
		return sight{}
	}
	return sight{info}
}

// same reports whether nothing was written between two sights. Two writes within
// one tick of the file system's clock that leave the same size look the same,
// which is why a change is taken up a whole look later.
func (s sight) same(other sight) bool {
	if s.info == nil || other.info == nil {
		return s.info == nil && other.info == nil
	}
	return os.SameFile(s.info, other.info) && s.info.Size() == other.info.Size() &&
		s.info.ModTime().Equal(other.info.ModTime()) && s.info.Mode() == other.info.Mode()
}

func sameSights(a, b map[string]sight) bool { return maps.EqualFunc(a, b, sight.same) }

// packDepth is how far below the folder of an overlay the files of packs are.
const packDepth = 3

// lookWithin looks at the files of packs in a folder. Those of the folder itself
// are none, and a log or a database among them would change all the time; hidden
// ones are those of editors and, beside the links to them, of mounted volumes.
func lookWithin(dir string) map[string]sight {
	found := lookBelow(dir, packDepth)
	maps.DeleteFunc(found, func(path string, _ sight) bool { return filepath.Dir(path) == filepath.Clean(dir) })
	return found
}

// lookBelow looks at the files of a folder, and of those in it down to a depth.
func lookBelow(dir string, depth int) map[string]sight {
	found := map[string]sight{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return found // a folder that cannot be read has no files, and may have some later
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		s := look(path)
		switch {
		case strings.HasPrefix(entry.Name(), ".") || s.info == nil:
		case s.info.IsDir() && depth > 1:
			maps.Copy(found, lookBelow(path, depth-1))
		case s.info.Mode().IsRegular():
			found[path] = s
		}
	}
	return found
}

// lookAtScripts looks at what a transform may import: files in TypeScript,
// JavaScript and JSON.
func lookAtScripts(dir string) map[string]sight {
	found := map[string]sight{}
	for path, s := range lookBelow(dir, packDepth) {
		switch filepath.Ext(path) {
		case ".js", ".mjs", ".ts", ".mts", ".json":
			found[path] = s
		}
	}
	return found
}
