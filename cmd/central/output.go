package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// show prints a result: as JSON, or as text for people.
func (c *cli) show(result any, text func(w io.Writer)) error {
	if c.json {
		return c.encode(result)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	text(w)
	return w.Flush()
}

func (c *cli) encode(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// confirm says what will happen and asks. The error says that nothing was changed.
func (c *cli) confirm(ctx context.Context, plan ...string) error {
	for _, line := range plan {
		fmt.Fprintln(c.err, line)
	}
	if c.yes {
		return nil
	}
	fmt.Fprint(c.err, "Type yes to go on: ")
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(c.in).ReadString('\n')
		typed <- strings.TrimSpace(line)
	}()
	select {
	case answer := <-typed:
		if answer == "yes" {
			return nil
		}
	case <-ctx.Done(): // Ctrl-C
	}
	return errors.New("not confirmed: nothing was changed (--yes does not ask)")
}

// day prints a time for people; "-" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// optional gives JSON a null in the place of a zero time.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// bar draws how far a long work is, on a terminal only. It is safe for concurrent use.
type bar struct {
	mu          sync.Mutex
	out         io.Writer
	what        string
	done, total int
}

const barWidth = 30

// bar starts one for total steps of what.
func (c *cli) bar(what string, total int) *bar {
	b := &bar{out: io.Discard, what: what, total: total}
	if c.terminal {
		b.out = c.err
	}
	b.draw()
	return b
}

// step notes that one more step is done.
func (b *bar) step() { b.add(1) }

// add notes that n more steps are done.
func (b *bar) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += n
	b.draw()
}

func (b *bar) draw() {
	filled := barWidth
	if b.total > 0 {
		filled = barWidth * min(b.done, b.total) / b.total
	}
	fmt.Fprintf(b.out, "\r%s [%s%s] %d/%d", b.what, strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), b.done, b.total)
}

// end leaves the line.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintln(b.out)
}
