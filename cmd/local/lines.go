package main

import (
	"bytes"
	"io"
	"sync"
)

// lines prints what functions log, each line with the function's name, never two mixed up.
type lines struct {
	mu    sync.Mutex
	out   io.Writer
	quiet bool
}

type named struct {
	to   *lines
	name string
	rest []byte
}

func (l *lines) named(name string) io.Writer { return &named{to: l, name: name} }

func (n *named) Write(b []byte) (int, error) {
	n.to.mu.Lock()
	defer n.to.mu.Unlock()
	n.rest = append(n.rest, b...)
	for {
		line, rest, whole := bytes.Cut(n.rest, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		n.rest = append([]byte{}, rest...)
		// Lines of the level INFO say that all is well.
		if !n.to.quiet || !bytes.Contains(line, []byte(`"level":"INFO"`)) {
			n.to.out.Write([]byte("[" + n.name + "] " + string(line) + "\n"))
		}
	}
}
