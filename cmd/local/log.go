package main

import (
	"bytes"
	"io"
	"sync"
)

// lines writes whole lines with a prefix, so that what several processes print does not mix.
type lines struct {
	mu     *sync.Mutex
	to     io.Writer
	prefix string
	rest   []byte
	own    sync.Mutex
}

// console is where lines of many writers meet.
type console struct {
	mu sync.Mutex
	to io.Writer
}

func (c *console) prefixed(prefix string) io.Writer {
	return &lines{mu: &c.mu, to: c.to, prefix: prefix}
}

func (l *lines) Write(b []byte) (int, error) {
	l.own.Lock()
	defer l.own.Unlock()
	l.rest = append(l.rest, b...)
	end := bytes.LastIndexByte(l.rest, '\n')
	if end < 0 {
		return len(b), nil
	}
	var out bytes.Buffer
	for line := range bytes.Lines(l.rest[:end+1]) {
		out.WriteString(l.prefix)
		out.Write(line)
	}
	l.rest = append(l.rest[:0], l.rest[end+1:]...)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to.Write(out.Bytes())
	return len(b), nil
}
