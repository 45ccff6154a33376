package start

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// build compiles the package in folder for Linux on arch with these flags, into out.
func build(ctx context.Context, folder, arch, out string, flags []string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", out}, flags...), ".")...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "GOFLAGS=")
	if len(flags) > 0 {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("start: go build in %s: %w\n%s", folder, err, said)
	}
	return nil
}

// size is that of a file in bytes.
func size(file string) (int64, error) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// zipped is the size in bytes of the archive that Lambda gets of a binary.
func zipped(binary string) (int64, error) {
	f, err := os.Open(binary)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var n counter
	archive := zip.NewWriter(&n)
	entry, err := archive.Create("bootstrap")
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(entry, f); err != nil {
		return 0, err
	}
	return int64(n), archive.Close()
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// functionNames lists the folders of the functions.
func functionNames(root string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// hostArch is what binaries must be built for to start here.
const hostArch = runtime.GOARCH
