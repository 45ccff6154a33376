package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestAGeneratedClientTakesTheJourney(t *testing.T) {
	made := filepath.Join(projectRoot(), ".local", "clients", "python")
	if _, err := os.Stat(filepath.Join(made, ".made")); err != nil {
		if os.Getenv("CENTRAL_ENGINES") == "required" {
			t.Fatal("the client in Python is not made; run tools/clients.sh python")
		}
		t.Skip("the client in Python is not made; run tools/clients.sh python")
	}
	cmd := exec.Command(filepath.Join(made, ".venv", "bin", "python"), "-W", "error", filepath.Join(made, "walk.py"), system.url, system.local)
	cmd.Dir = projectRoot()
	said, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(said), ": submitted\n") {
		t.Fatalf("%v\n%s", err, said)
	}
}
