package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTheReadmesCommandsWork runs the curl walk-through of README.md as it stands there, against this run.
func TestTheReadmesCommandsWork(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(projectRoot(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var script []string
	for _, block := range regexp.MustCompile("(?s)```bash\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		script = append(script, block[1])
	}
	if len(script) < 8 {
		t.Fatalf("the README has %d blocks of commands", len(script))
	}
	commands := strings.ReplaceAll("set -euo pipefail\n"+strings.Join(script, "\n"), "http://127.0.0.1:3000", system.url)
	cmd := exec.Command("bash", "-c", commands)
	cmd.Dir = projectRoot()
	cmd.WaitDelay = time.Second
	kill := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer kill.Stop()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	// One readable line for each step, and no JSON.
	steps := []string{
		"Signed up.", "Verified. Next: login.", "Logged in. Next: account-details.", "Proven with the code", "Saved. Next: kyc.", "Begun. Upload a document",
		"Uploaded entity_pan: ", "Uploaded personal_id: ", "Handed in: submitted.", "Logged in. Next: home.",
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	if len(lines) != len(steps) || strings.ContainsAny(string(said), "{}\"") {
		t.Fatalf("%d lines for %d steps:\n%s", len(lines), len(steps), said)
	}
	for i, step := range steps {
		if !strings.HasPrefix(lines[i], step) {
			t.Errorf("line %d is %q, not %q", i+1, lines[i], step)
		}
	}
}
