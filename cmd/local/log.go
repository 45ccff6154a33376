package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// journal is where a run writes: everything to its log, and to people what went wrong. With verbose they get everything, too.
type journal struct {
	mu      sync.Mutex
	people  io.Writer
	log     io.Writer
	path    string // of the log
	verbose bool
}

// Write takes whole lines of what happens as it should.
func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.log.Write(b)
	if j.verbose {
		j.people.Write(b)
	}
	return len(b), nil
}

// say tells people one thing that they should know.
func (j *journal) say(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, w := range []io.Writer{j.log, j.people} {
		fmt.Fprintf(w, format+"\n", args...)
	}
}

// speech is a writer of what people should read, in whole lines.
type speech struct{ *journal }

func (s speech) Write(b []byte) (int, error) {
	s.say("%s", bytes.TrimRight(b, "\n"))
	return len(b), nil
}

const longestTrouble = 300

// wrong tells people in one line what went wrong, and that there is more in the log.
func (j *journal) wrong(format string, args ...any) {
	text := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	if len(text) > longestTrouble {
		text = strings.ToValidUTF8(text[:longestTrouble], "") + "…"
	}
	j.say("%s  %s  (more in %s)", time.Now().Format(time.TimeOnly), text, j.path)
}

// lines writes whole lines with a prefix, so that what several processes print does not mix.
type lines struct {
	to     io.Writer
	prefix string
	rest   []byte
	own    sync.Mutex
}

func (j *journal) prefixed(prefix string) io.Writer { return &lines{to: j, prefix: prefix} }

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
	l.to.Write(out.Bytes())
	return len(b), nil
}

// engineLog is the log of one engine, of this run alone.
func (l *local) engineLog(name string) io.Writer {
	f, err := os.OpenFile(filepath.Join(l.options.data, "log", name+".log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return l.journal
	}
	return f
}

// fromHere is the shorter name of a file: from the working directory, or from the root.
func fromHere(file string) string {
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	if short, err := filepath.Rel(here, file); err == nil && len(short) < len(file) {
		return short
	}
	return file
}
