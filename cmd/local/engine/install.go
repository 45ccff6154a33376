package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Installation knows where the engines of a project are installed, and installs what is missing.
type Installation struct {
	Root  string                           // of the project; the engines are in .local/tools of it
	Said  io.Writer                        // gets what the installer says
	Wrong func(format string, args ...any) // tells people of an engine that ends
}

func (i Installation) path(parts ...string) string {
	return filepath.Join(append([]string{i.Root, ".local", "tools"}, parts...)...)
}

func (i Installation) install(ctx context.Context, what string) error {
	cmd := exec.CommandContext(ctx, "bash", filepath.Join(i.Root, "tools", "install.sh"), what)
	cmd.Stdout, cmd.Stderr = i.Said, i.Said
	// What it has started ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Run(); err != nil && ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		return fmt.Errorf("%s could not be installed (tools/install.sh %s): %w", what, what, err)
	}
	return nil
}

// command gets the machine's environment without what is meant for AWS clients.
func command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return cmd
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
