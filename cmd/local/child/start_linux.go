package child

import (
	"os/exec"
	"runtime"
	"syscall"
)

// The kernel ends a child when the *thread* that started it ends, not the process (Pdeathsig). So all children are started by one
// thread that lives as long as the process. Then even kill -9 leaves no orphan.
var spawns = make(chan func())

func init() {
	go func() {
		runtime.LockOSThread()
		for start := range spawns {
			start()
		}
	}()
}

// Start starts cmd as a child that ends with this process, and that a Ctrl-C in the terminal does not reach: we end it in order.
func Start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	done := make(chan error)
	spawns <- func() { done <- cmd.Start() }
	return <-done
}
