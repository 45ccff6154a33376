package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The API says the KYC catalogue in English; the pages say it in the language of the person.
func TestEveryLanguageNamesWhatKYCAsksFor(t *testing.T) {
	catalogues, err := filepath.Glob(filepath.Join(root(t), "shared", "kyc", "catalogue", "*.yaml"))
	if err != nil || len(catalogues) == 0 {
		t.Fatal(len(catalogues), err)
	}
	var wanted []string
	for _, file := range catalogues {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Documents, Fields, Requirements map[string]yaml.Node
			EntityTypes                     []struct{ Code string } `yaml:"entityTypes"`
		}
		if err := yaml.Unmarshal(text, &c); err != nil {
			t.Fatal(err)
		}
		for prefix, all := range map[string]map[string]yaml.Node{"document.": c.Documents, "field.": c.Fields, "requirement.": c.Requirements, "requirementHelp.": c.Requirements} {
			for id := range all {
				wanted = append(wanted, prefix+id)
			}
		}
		for _, e := range c.EntityTypes {
			wanted = append(wanted, "entityType."+e.Code)
		}
	}
	if len(wanted) < 120 {
		t.Errorf("only %d names were found", len(wanted))
	}
	languages, err := filepath.Glob(filepath.Join(root(t), "web", "messages", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range languages {
		if filepath.Base(file) == "en.json" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		messages := map[string]string{}
		if err := json.Unmarshal(text, &messages); err != nil {
			t.Fatal(err)
		}
		for _, key := range wanted {
			if messages[key] == "" {
				t.Errorf("%s lacks %s", filepath.Base(file), key)
			}
		}
	}
}
