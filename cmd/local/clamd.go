package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const scanTimeout = 30 * time.Second

// clamd is ClamAV's daemon behind its unix socket: it looks into what it is sent, also into the streams of a PDF. It knows one signature,
// that of EICAR's test file.
type clamd struct {
	folder string // of the socket, whose path must be short
	engine *engine
}

func (i installation) clamd() string { return i.path("clamav", "usr", "sbin", "clamd") }

// startClamd starts the daemon where it is installed.
func (i installation) startClamd(ctx context.Context, log io.Writer, wrong func(string, ...any)) (*clamd, error) {
	if !exists(i.clamd()) {
		return nil, fmt.Errorf("%s is not there; tools/install.sh clamav", i.clamd())
	}
	folder, err := os.MkdirTemp("", "clamd-")
	if err != nil {
		return nil, err
	}
	c := &clamd{folder: folder}
	settings := fmt.Sprintf("LocalSocket %s\nDatabaseDirectory %s\nTemporaryDirectory %s\nForeground yes\nStreamMaxLength 20M\nHeuristicAlerts no\n", c.socket(), i.path("clamav", "signatures"), folder)
	file := filepath.Join(folder, "clamd.conf")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		return nil, err
	}
	c.engine = &engine{name: "clamd", log: log, wrong: wrong, up: c.up, command: func() *exec.Cmd {
		os.Remove(c.socket()) // of one that was killed
		cmd := plainCommand(i.clamd(), "--config-file", file)
		libraries, _ := filepath.Glob(i.path("clamav", "usr", "lib", "*-linux-gnu"))
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+strings.Join(libraries, ":"))
		return cmd
	}}
	if err := c.engine.start(ctx); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return c, nil
}

func (c *clamd) socket() string { return filepath.Join(c.folder, "s") }

func (c *clamd) stop() {
	c.engine.stop()
	os.RemoveAll(c.folder)
}

func (c *clamd) up(ctx context.Context) bool {
	answer, err := c.ask(ctx, "zPING\x00", nil)
	return err == nil && answer == "PONG"
}

// scan sends a file (clamd(8), INSTREAM) and returns the name of what was found in it, or "".
func (c *clamd) scan(ctx context.Context, body []byte) (threat string, err error) {
	stream := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	stream = append(stream, body...)
	if len(body) > 0 {
		stream = append(stream, 0, 0, 0, 0)
	}
	answer, err := c.ask(ctx, "zINSTREAM\x00", stream)
	if err != nil {
		return "", err
	}
	said := strings.TrimPrefix(answer, "stream: ")
	if threat, found := strings.CutSuffix(said, " FOUND"); found {
		return threat, nil
	}
	if said != "OK" {
		return "", fmt.Errorf("clamd: %s", answer)
	}
	return "", nil
}

func (c *clamd) ask(ctx context.Context, command string, stream []byte) (string, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", c.socket())
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(scanTimeout))
	if _, err := conn.Write(append([]byte(command), stream...)); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	return strings.TrimRight(string(answer), "\x00\n"), err
}
