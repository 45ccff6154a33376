package console

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// Bar draws how far a long work is, on a terminal only. It is safe for concurrent use.
type Bar struct {
	mu          sync.Mutex
	out         io.Writer
	what        string
	done, total int
}

const barWidth = 30

// Progress starts a bar for total steps of what.
func (c *Console) Progress(what string, total int) *Bar {
	b := &Bar{out: io.Discard, what: what, total: total}
	if c.Terminal {
		b.out = c.Err
	}
	b.draw()
	return b
}

// Step notes that one more step is done.
func (b *Bar) Step() { b.Add(1) }

// Add notes that n more steps are done.
func (b *Bar) Add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += n
	b.draw()
}

func (b *Bar) draw() {
	filled := barWidth
	if b.total > 0 {
		filled = barWidth * min(b.done, b.total) / b.total
	}
	fmt.Fprintf(b.out, "\r%s [%s%s] %d/%d", b.what, strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), b.done, b.total)
}

// End leaves the line.
func (b *Bar) End() {
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintln(b.out)
}
