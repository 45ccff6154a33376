package console

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Show prints a result: as JSON, or as text for people.
func (c *Console) Show(result any, text func(w io.Writer)) error {
	if c.JSON {
		return c.encode(result)
	}
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	text(w)
	return w.Flush()
}

func (c *Console) encode(v any) error {
	e := json.NewEncoder(c.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Confirm says what will happen and asks. The error says that nothing was changed.
func (c *Console) Confirm(ctx context.Context, plan ...string) error {
	for _, line := range plan {
		fmt.Fprintln(c.Err, line)
	}
	if c.yes {
		return nil
	}
	fmt.Fprint(c.Err, "Type yes to go on: ")
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(c.In).ReadString('\n')
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
