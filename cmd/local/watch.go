package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// watcher builds functions again when their sources change, and lets new requests run the new binaries.
type watcher struct {
	builder   *builder
	functions map[string]*function
	every     time.Duration

	broken map[string]bool // the functions that did not compile last time
}

// stamp tells one state of a file from another.
type stamp struct {
	size    int64
	changed time.Time
}

// snapshot has all files that a function can be made of. Looking at a few hundred files takes some milliseconds, and unlike
// notifications of the system it misses nothing and works on every file system.
func (w *watcher) snapshot() map[string]stamp {
	all := map[string]stamp{}
	for _, top := range []string{"functions", "shared", "web", "go.mod", "go.sum"} {
		filepath.WalkDir(filepath.Join(w.builder.root, top), func(path string, d fs.DirEntry, err error) error {
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

// run watches until ctx ends. before is the snapshot from ahead of the first build.
func (w *watcher) run(ctx context.Context, before map[string]stamp) {
	sources, _ := w.builder.sources(ctx) // nil makes every change concern every function
	seen := before
	tick := time.NewTicker(w.every)
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
		changed := difference(before, now)
		if moving || len(changed) == 0 {
			continue
		}
		before = now
		affected := w.affected(changed, sources)
		if fresh, err := w.builder.sources(ctx); err == nil {
			sources = fresh
		}
		w.rebuild(ctx, affected)
	}
}

// affected names the functions that a change concerns.
func (w *watcher) affected(changed []string, sources map[string][]string) []string {
	var names []string
	for name := range w.functions {
		if concerns(changed, sources[name], w.builder.root) {
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

func (w *watcher) rebuild(ctx context.Context, names []string) {
	if len(names) == 0 {
		return
	}
	old := map[string]string{}
	for _, name := range names {
		old[name] = w.builder.sum(name)
	}
	failed := w.builder.buildAll(ctx, names)
	for _, name := range names {
		switch {
		case ctx.Err() != nil:
			return
		case failed[name] != nil:
			w.broken[name] = true
			w.builder.log.Say("%s goes on with the old binary.", name)
			continue
		case w.builder.sum(name) != old[name]:
			w.functions[name].replace()
		}
		if w.broken[name] {
			w.builder.log.Say("%s compiles again.", name)
			delete(w.broken, name)
		}
	}
}
