package rules

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// picture reads the rooms of the local run, and the arrows between them, from the drawing in docs/architecture.md.
func picture(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "## The local run")
	_, after, _ = strings.Cut(after, "```mermaid\nflowchart TD\n")
	drawing, _, found := strings.Cut(after, "```")
	if !found {
		t.Fatal("docs/architecture.md has no drawing of the local run")
	}
	line := regexp.MustCompile(`^  (\w+)\[[^\]]+\](?: --> ([\w &]+))?$`)
	rooms := map[string][]string{}
	for l := range strings.Lines(drawing) {
		m := line.FindStringSubmatch(strings.TrimRight(l, "\n"))
		if m == nil {
			t.Fatalf("a line that is no room: %q", l)
		}
		rooms[m[1]] = nil
		if m[2] != "" {
			rooms[m[1]] = strings.Split(m[2], " & ")
		}
	}
	return rooms
}

// reached has each room with all that an arrow, or several, lead to. It fails where arrows lead back.
func reached(t *testing.T, rooms map[string][]string) map[string]map[string]bool {
	t.Helper()
	all := map[string]map[string]bool{}
	var walk func(room string, way []string)
	walk = func(room string, way []string) {
		if slices.Contains(way, room) {
			t.Fatalf("the arrows lead back: %v, %s", way, room)
		}
		if all[room] != nil {
			return
		}
		found := map[string]bool{}
		for _, next := range rooms[room] {
			if _, known := rooms[next]; !known {
				t.Fatalf("an arrow leads to %s, which is no room", next)
			}
			walk(next, append(way, room))
			found[next] = true
			maps.Copy(found, all[next])
		}
		all[room] = found
	}
	for room := range rooms {
		walk(room, nil)
	}
	return all
}

// TestARoomOfTheLocalRunImportsOnlyRoomsBelowIt holds the code to the picture and the picture to the code: faults, for one, knows no gateway.
func TestARoomOfTheLocalRunImportsOnlyRoomsBelowIt(t *testing.T) {
	rooms := picture(t)
	lower := reached(t, rooms)
	imported := map[string]map[string]bool{}
	sources(t, "cmd/local", func(path string, imports []string) {
		dir := filepath.ToSlash(filepath.Dir(path))
		if strings.HasPrefix(dir, "cmd/local/s3engine") { // a module of its own
			return
		}
		room := filepath.Base(dir)
		if _, drawn := rooms[room]; !drawn {
			t.Errorf("%s: the room %s is not drawn in docs/architecture.md", path, room)
		}
		if imported[room] == nil {
			imported[room] = map[string]bool{}
		}
		for _, name := range imports {
			other, own := strings.CutPrefix(name, module+"/cmd/local/")
			if !own {
				continue
			}
			if imported[room][other] = true; !lower[room][other] {
				t.Errorf("%s imports %s: no arrow of docs/architecture.md leads from %s down to it", path, other, room)
			}
		}
	})
	for room, arrows := range rooms {
		if imported[room] == nil {
			t.Errorf("docs/architecture.md draws %s, which has no code", room)
		}
		for _, other := range arrows {
			if !imported[room][other] {
				t.Errorf("docs/architecture.md draws an arrow from %s to %s, which no file of it imports", room, other)
			}
			for _, between := range arrows {
				if between != other && lower[between][other] {
					t.Errorf("docs/architecture.md: the arrow from %s to %s is implied by that to %s", room, other, between)
				}
			}
		}
	}
}
