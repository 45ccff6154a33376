package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/shared/kyc"
)

// The catalogue names drawings; the pages have them, and say in words what they show.
func TestEveryDocumentInForceHasADrawingAndEveryDrawingIsUsed(t *testing.T) {
	var words map[string]string
	text, err := os.ReadFile(filepath.Join(root(t), "web", "messages", "en.json")) // other languages have what it has
	if err == nil {
		err = json.Unmarshal(text, &words)
	}
	if err != nil {
		t.Fatal(err)
	}
	var drawn, named []string
	files, err := filepath.Glob(filepath.Join(root(t), "web", "static", "samples", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		drawn = append(drawn, strings.TrimSuffix(filepath.Base(file), ".svg"))
	}
	for _, e := range kyc.Current().EntityTypes {
		for _, r := range e.Requirements {
			for _, o := range r.Options {
				if o.Sample == nil || len(o.Sample.Spots) != len(o.Checklist) || len(o.Checklist) == 0 {
					t.Errorf("%s has sample %v for %v", o.ID, o.Sample, o.Checklist)
				} else if !slices.Contains(named, o.Sample.Name) {
					named = append(named, o.Sample.Name)
				}
			}
		}
	}
	slices.Sort(drawn)
	slices.Sort(named)
	if !slices.Equal(drawn, named) {
		t.Errorf("drawn are %v, and the catalogue names %v", drawn, named)
	}
	for _, name := range named {
		if words["sample."+name] == "" {
			t.Errorf("sample.%s says in words what the drawing shows", name)
		}
	}
}
