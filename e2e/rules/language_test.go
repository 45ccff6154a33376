package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"phonon.in/central/shared/kyc"
)

// The API says the KYC catalogue and the reasons of reviewers in English; the pages say it in the language of the person.
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
			Checks, Documents, Fields, Requirements map[string]yaml.Node
			EntityTypes                             []ownWords `yaml:"entityTypes"`
		}
		if err := yaml.Unmarshal(text, &c); err != nil {
			t.Fatal(err)
		}
		for prefix, all := range map[string]map[string]yaml.Node{"check.": c.Checks, "document.": c.Documents, "field.": c.Fields, "requirement.": c.Requirements, "requirementHelp.": c.Requirements} {
			for id := range all {
				wanted = append(wanted, prefix+id)
			}
		}
		for _, e := range c.EntityTypes {
			wanted = append(wanted, "entityType."+e.Code)
			if filepath.Base(file) == kyc.Current().Version+".yaml" { // an older one has the common words
				wanted = append(wanted, e.wanted()...)
			}
		}
	}
	for _, state := range kyc.StateNames() {
		wanted = append(wanted, "choice."+state)
	}
	for _, et := range kyc.Current().EntityTypes {
		for _, f := range et.Fields {
			for _, c := range f.Choices {
				wanted = append(wanted, "choice."+c.Value)
			}
		}
	}
	for _, r := range kyc.ReviewReasons() {
		if r.Detail != "" {
			wanted = append(wanted, "reason."+r.Code)
		}
	}
	if len(wanted) < 150 {
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

// ownWords are what an entity type calls otherwise than the rest, such as the name of a proprietor.
type ownWords struct {
	Code         string
	Fields       []struct{ Name, Label, Help string }
	Requirements []struct{ ID, Title, Help string }
}

func (e ownWords) wanted() (keys []string) {
	add := func(prefix, id, text string) {
		if text != "" {
			keys = append(keys, prefix+id+"."+e.Code)
		}
	}
	for _, f := range e.Fields {
		add("field.", f.Name, f.Label)
		add("fieldHelp.", f.Name, f.Help)
	}
	for _, r := range e.Requirements {
		add("requirement.", r.ID, r.Title)
		add("requirementHelp.", r.ID, r.Help)
	}
	return keys
}

// A text of an SMS counts for nothing without the id that the DLT platform gave it: each language has its own setting.
func TestEveryLanguageOfAnSMSHasItsSetting(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "shared", "sms", "templates.json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []struct{ Kind, Language string }
	if err := json.Unmarshal(text, &texts); err != nil || len(texts) < 4 {
		t.Fatal(len(texts), err)
	}
	s, found := functions(t)
	for _, one := range texts {
		setting, known := map[string][2]string{
			"phone_code_sms": {"SMS_TEMPLATE_ID", "SmsTemplateId"}, "phone_changed_sms": {"SMS_CHANGED_TEMPLATE_ID", "SmsChangedTemplateId"},
		}[one.Kind]
		if !known {
			t.Errorf("nothing says which setting is for %s", one.Kind)
		}
		variable, parameter, method := setting[0], setting[1], "Optional"
		if l := one.Language; l != "en" {
			variable, parameter = variable+"_"+strings.ToUpper(l), parameter+strings.ToUpper(l[:1])+l[1:]
		} else if one.Kind == "phone_code_sms" {
			method = "Text" // what there must be
		}
		read := `"` + one.Language + `": r.` + method + `("` + variable + `")`
		if _, known := s.Parameters[parameter]; !known {
			t.Errorf("template.yaml has no parameter %s", parameter)
		}
		if !strings.Contains(page(t, "configuration.md"), "\n| `"+variable+"` | `"+parameter+"` | ") {
			t.Errorf("docs/configuration.md has no line for %s and %s", variable, parameter)
		}
		if !strings.Contains(page(t, "deploy.md"), "`"+parameter+"`") {
			t.Errorf("docs/deploy.md does not say when to answer %s", parameter)
		}
		for _, name := range []string{"otp", "notify"} {
			if v := found[name].Properties.Environment.Variables[variable]; v.Value != parameter {
				t.Errorf("functions/%s gets %s from %q", name, variable, v.Value)
			}
			main, err := os.ReadFile(filepath.Join(root(t), "functions", name, "main.go"))
			if err != nil || !strings.Contains(string(main), read) {
				t.Errorf("functions/%s does not read %s: %v", name, variable, err)
			}
		}
	}
}

// People search for a word as they saw it last.
func TestEmailHasOneSpelling(t *testing.T) {
	other := regexp.MustCompile(`(?i)e-` + `mails?\b|ई-` + `मेल`)
	for _, folder := range []string{"api", "cmd", "docs", "functions", "shared", "web"} {
		err := filepath.WalkDir(filepath.Join(root(t), folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(" .go .html .json .js .md .txt .yaml ", " "+filepath.Ext(path)+" ") {
				return err
			}
			text, err := os.ReadFile(path)
			if found := other.Find(text); found != nil {
				t.Errorf("%s says %s", path, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
