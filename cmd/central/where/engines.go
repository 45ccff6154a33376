package where

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"phonon.in/central/cmd/central/console"
)

// startEngines starts the engines of a local run that has left its data, until the command ends, and returns the URL at which they say
// where they are.
func (c *Call) startEngines(ctx context.Context, data string) (string, error) {
	program, root := filepath.Join(data, "bin", "local"), filepath.Dir(data)
	if !exists(program) {
		return "", console.BadUsage("a local run has left its data in %s and has ended; start it again with make run", data)
	}
	cmd := exec.CommandContext(ctx, program, "--root", root, "--engines-only")
	cmd.Env = append(os.Environ(), "PORT=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C reaches it through us, in order
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	c.After(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), "export CENTRAL_LOCAL_URL="); ok {
			return strings.TrimSuffix(strings.Trim(v, "'"), "/_local"), nil
		}
	}
	return "", fmt.Errorf("the data in %s cannot be opened: %s", data, strings.TrimSpace(said.String()))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
