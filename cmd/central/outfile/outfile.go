// Package outfile writes what an operator asked for into a file: personal data, which only the operator can read.
package outfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Free says that nothing is called so yet.
func Free(file string) error {
	if _, err := os.Stat(file); err == nil {
		return taken(file)
	}
	return nil
}

func taken(file string) error { return fmt.Errorf("%s exists already; nothing was written", file) }

// Write writes a file that does not exist, whole or not at all.
func Write(file string, write func(io.Writer) error) error {
	part := file + ".part"
	out, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(part)
	if err := errors.Join(write(out), out.Close()); err != nil {
		return err
	}
	if err := os.Link(part, file); errors.Is(err, fs.ErrExist) {
		return taken(file)
	} else if err != nil {
		return err
	}
	return nil
}
