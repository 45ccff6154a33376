package engine

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

// Scanner is ClamAV's daemon behind its unix socket: it looks into what it is sent, also into the streams of a PDF. It knows one signature,
// that of EICAR's test file.
type Scanner struct {
	folder string // of the socket, whose path must be short
	engine *Engine
}

// HasScanner says whether the daemon is installed.
func (i Installation) HasScanner() bool { return exists(i.clamd()) }

func (i Installation) clamd() string { return i.path("clamav", "usr", "sbin", "clamd") }

// StartScanner starts the daemon where it is installed.
func (i Installation) StartScanner(ctx context.Context, log io.Writer) (*Scanner, error) {
	if !i.HasScanner() {
		return nil, fmt.Errorf("%s is not there; tools/install.sh clamav", i.clamd())
	}
	folder, err := os.MkdirTemp("", "clamd-")
	if err != nil {
		return nil, err
	}
	c := &Scanner{folder: folder}
	settings := fmt.Sprintf("LocalSocket %s\nDatabaseDirectory %s\nTemporaryDirectory %s\nForeground yes\nStreamMaxLength 20M\nHeuristicAlerts no\n", c.socket(), i.path("clamav", "signatures"), folder)
	file := filepath.Join(folder, "clamd.conf")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		return nil, err
	}
	c.engine = &Engine{name: "clamd", log: log, wrong: i.Wrong, up: c.up, command: func() *exec.Cmd {
		os.Remove(c.socket()) // of one that was killed
		cmd := command(i.clamd(), "--config-file", file)
		libraries, _ := filepath.Glob(i.path("clamav", "usr", "lib", "*-linux-gnu"))
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+strings.Join(libraries, ":"))
		return cmd
	}}
	if err := c.engine.Start(ctx); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return c, nil
}

func (c *Scanner) socket() string { return filepath.Join(c.folder, "s") }

// Stop ends the daemon.
func (c *Scanner) Stop() {
	c.engine.Stop()
	os.RemoveAll(c.folder)
}

func (c *Scanner) up(ctx context.Context) bool {
	answer, err := c.ask(ctx, "zPING\x00", nil)
	return err == nil && answer == "PONG"
}

// Scan sends a file (clamd(8), INSTREAM) and returns the name of what was found in it, or "".
func (c *Scanner) Scan(ctx context.Context, body []byte) (threat string, err error) {
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

func (c *Scanner) ask(ctx context.Context, command string, stream []byte) (string, error) {
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
