package start

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
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

// pack makes the archive that Lambda gets of a binary, as sam does: by Python's zipfile, which compresses by zlib.
const pack = `import io, sys, zipfile
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
    z.write(sys.argv[1], "bootstrap")
print(archive.getbuffer().nbytes)`

// zipped is the size in bytes of the archive of a binary.
func zipped(ctx context.Context, binary string) (int64, error) {
	said, err := exec.CommandContext(ctx, "python3", "-c", pack, binary).Output()
	if err != nil {
		return 0, fmt.Errorf("start: python3 packs no archive: %w", err)
	}
	return strconv.ParseInt(strings.TrimSpace(string(said)), 10, 64)
}

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
