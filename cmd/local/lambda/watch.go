package lambda

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// Watcher builds functions again when their sources change, and lets new requests run the new binaries.
type Watcher struct {
	builder *Builder
	sources []string         // that are looked at: files, and folders of the module
	before  map[string]stamp // ahead of the last build
}

const watchEvery = 400 * time.Millisecond

// NewWatcher looks at the sources as they are, before they are built for the first time.
func NewWatcher(b *Builder, sources ...string) *Watcher {
	w := &Watcher{builder: b, sources: sources}
	w.before = w.snapshot()
	return w
}

// stamp tells one state of a file from another.
type stamp struct {
	size    int64
	changed time.Time
}

// snapshot has all files that a function can be made of. Looking at a few hundred files takes some milliseconds, and unlike
// notifications of the system it misses nothing and works on every file system.
func (w *Watcher) snapshot() map[string]stamp {
	all := map[string]stamp{}
	for _, top := range w.sources {
		filepath.WalkDir(filepath.Join(w.builder.Root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // it was removed meanwhile: a change, too
			}
			name := d.Name()
			if d.IsDir() {
				if strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" {
					return filepath.SkipDir
				}
				return nil
			}
			if info, err := d.Info(); err == nil && !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, ".") {
				all[path] = stamp{info.Size(), info.ModTime()}
			}
			return nil
		})
	}
	return all
}

func difference(a, b map[string]stamp) (paths []string) {
	for path, s := range a {
		if b[path] != s {
			paths = append(paths, path)
		}
	}
	for path := range b {
		if _, both := a[path]; !both {
			paths = append(paths, path)
		}
	}
	return paths
}

// Run watches until ctx ends. broken are the functions, by their names, that did not compile the first time.
func (w *Watcher) Run(ctx context.Context, functions map[string]*Function, broken map[string]error) {
	deps, _ := w.builder.dependencies(ctx) // nil makes every change concern every function
	seen := w.before
	failing := map[string]bool{}
	for name := range broken {
		failing[name] = true
	}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := w.snapshot()
		moving := len(difference(seen, now)) > 0 // an editor or git may not be done yet: wait for one quiet round
		seen = now
		changed := difference(w.before, now)
		if moving || len(changed) == 0 {
			continue
		}
		w.before = now
		affected := w.affected(changed, functions, deps)
		if fresh, err := w.builder.dependencies(ctx); err == nil {
			deps = fresh
		}
		w.rebuild(ctx, affected, functions, failing)
	}
}

// affected names the functions that a change concerns.
func (w *Watcher) affected(changed []string, functions map[string]*Function, deps map[string][]string) []string {
	var names []string
	for name := range functions {
		if concerns(changed, deps[name], w.builder.Root) {
			names = append(names, name)
		}
	}
	return names
}

// concerns is true when a changed file is in one of the folders, or below it: embedded files are in subfolders that are no packages.
func concerns(changed, folders []string, root string) bool {
	if folders == nil {
		return true
	}
	for _, path := range changed {
		if filepath.Dir(path) == root { // go.mod, go.sum
			return true
		}
		for _, dir := range folders {
			if strings.HasPrefix(path, dir+string(filepath.Separator)) {
				return true
			}
		}
	}
	return false
}

func (w *Watcher) rebuild(ctx context.Context, names []string, functions map[string]*Function, failing map[string]bool) {
	if len(names) == 0 {
		return
	}
	old := map[string]string{}
	for _, name := range names {
		old[name] = w.builder.sum(name)
	}
	failed := w.builder.Build(ctx, names)
	for _, name := range names {
		switch {
		case ctx.Err() != nil:
			return
		case failed[name] != nil:
			failing[name] = true
			w.builder.Say("%s goes on with the old binary.", name)
			continue
		case w.builder.sum(name) != old[name]:
			functions[name].replace()
		}
		if failing[name] {
			w.builder.Say("%s compiles again.", name)
			delete(failing, name)
		}
	}
}
