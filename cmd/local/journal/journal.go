// Package journal is where a run writes: everything goes to its log, and to people what went wrong. On AWS that is CloudWatch Logs, and an alarm.
package journal

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

// Journal is the log of one run, and what its people see. When it is verbose they get everything, too.
type Journal struct {
	mu      sync.Mutex
	people  io.Writer
	log     io.Writer
	file    string // of the log
	verbose bool
}

// New is a journal that has no log yet.
func New(people io.Writer, verbose bool) *Journal {
	return &Journal{people: people, log: io.Discard, verbose: verbose}
}

// Open begins the log in a file; what it held is gone.
func (j *Journal) Open(file string) (err error) {
	j.file = file
	j.log, err = create(file)
	return err
}

func create(file string) (*os.File, error) {
	return os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
}

// Path is where people find the log: from the working directory, or from the root, whichever is shorter.
func (j *Journal) Path() string { return fromHere(j.file) }

// Write takes whole lines of what happens as it should.
func (j *Journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.log.Write(b)
	if j.verbose {
		j.people.Write(b)
	}
	return len(b), nil
}

// Say tells people one thing that they should know.
func (j *Journal) Say(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, w := range []io.Writer{j.log, j.people} {
		fmt.Fprintf(w, format+"\n", args...)
	}
}

const longestTrouble = 300

// Wrong tells people in one line what went wrong, and that there is more in the log.
func (j *Journal) Wrong(format string, args ...any) {
	text := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	if len(text) > longestTrouble {
		text = strings.ToValidUTF8(text[:longestTrouble], "") + "…"
	}
	j.Say("%s  %s  (more in %s)", time.Now().Format(time.TimeOnly), text, j.Path())
}

// Prefixed takes what a process prints, as it comes, and writes it here in whole lines with a prefix, so that what several print does not mix.
func (j *Journal) Prefixed(prefix string) io.Writer { return &lines{to: j, prefix: prefix} }

// Spoken takes what a process prints for people to read.
func (j *Journal) Spoken() io.Writer { return &lines{to: speech{j}} }

// Beside is a log of its own for one engine, in the folder of this one. Its name, where it is a file, is the one that people find it by.
func (j *Journal) Beside(name string) io.Writer {
	f, err := create(fromHere(filepath.Join(filepath.Dir(j.file), name+".log")))
	if err != nil {
		return j
	}
	return f
}

// speech is a writer of what people should read, in whole lines.
type speech struct{ *Journal }

func (s speech) Write(b []byte) (int, error) {
	s.Say("%s", bytes.TrimRight(b, "\n"))
	return len(b), nil
}

type lines struct {
	to     io.Writer
	prefix string
	rest   []byte
	own    sync.Mutex
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
	l.to.Write(out.Bytes())
	return len(b), nil
}

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
