//go:build !linux

package child

import (
	"os/exec"
	"syscall"
)

// Start starts cmd as a child that a Ctrl-C in the terminal does not reach: we end it in order. Only Linux can promise that it ends with
// this process when that is killed.
func Start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}
