package product

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The operator's command line is played by a script that knows one client at a time and writes down what it was asked.
const operatorScript = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >>asked
case "$*" in
  *" client add "*) echo ID$$ >known; printf '{"id": "%s", "secret": "once"}' "$(cat known)" ;;
  *" client show "*) grep -qx "$7" known || { echo "no client is called $7" >&2; exit 1; } ;;
esac
`

func TestTheSampleProductIsRegisteredOnceForEachAddressAndDatabase(t *testing.T) {
	data := t.TempDir()
	s := &Sample{Root: data, Data: data, Central: "http://127.0.0.1:3000"}
	bin := filepath.Join(data, ".local", "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.binary("central"), []byte(operatorScript), 0o755); err != nil {
		t.Fatal(err)
	}
	register := func(url string) registration {
		t.Helper()
		got, err := s.register(t.Context(), url)
		if err != nil || got.URL != url || got.Secret != "once" {
			t.Fatalf("%+v, %v", got, err)
		}
		return got
	}
	first := register("http://127.0.0.1:3100")
	if again := register("http://127.0.0.1:3100"); again != first {
		t.Errorf("the next start registers %+v, after %+v", again, first)
	}
	if moved := register("http://127.0.0.1:3200"); moved.ID == first.ID {
		t.Error("another address needs a client of its own")
	}
	os.WriteFile(filepath.Join(bin, "known"), []byte("somebody else\n"), 0o600) // another database
	register("http://127.0.0.1:3200")
	asked, err := os.ReadFile(filepath.Join(bin, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(asked), " client add "); n != 3 || !strings.HasPrefix(string(asked), "--local http://127.0.0.1:3000 --json --yes client add ") {
		t.Errorf("%d registrations:\n%s", n, asked)
	}
	if info, err := os.Stat(productFile(data)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret lies open: %v %v", info, err)
	}
	s.Root = filepath.Join(data, "nothing")
	if _, err := s.register(t.Context(), "http://127.0.0.1:3300"); err == nil {
		t.Error("nobody has registered it")
	}
}
