package kyc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"phonon.in/central/shared/account"
)

// The shapes of a catalogue's file.
type (
	catalogueFile struct {
		Version         string                      `yaml:"version"`
		Off             []string                    `yaml:"off"` // documents that are not taken
		Checks          map[string]string           `yaml:"checks"`
		Samples         map[string]map[string]Spot  `yaml:"samples"` // by name, then by check
		Documents       map[string]documentFile     `yaml:"documents"`
		Fields          map[string]fieldFile        `yaml:"fields"`
		Requirements    map[string]requirementFile  `yaml:"requirements"`
		FieldSets       map[string][]fieldUse       `yaml:"fieldSets"`
		RequirementSets map[string][]requirementUse `yaml:"requirementSets"`
		EntityTypes     []entityFile                `yaml:"entityTypes"`
	}
	documentFile struct {
		Title    string   `yaml:"title"`
		Checks   []string `yaml:"checks"`
		Template string   `yaml:"template"`
		Sample   string   `yaml:"sample"`
	}
	fieldFile struct {
		Label   string   `yaml:"label"`
		Help    string   `yaml:"help"`
		Check   Kind     `yaml:"check"`
		Choices []Choice `yaml:"choices"`
	}
	requirementFile struct {
		Title   string   `yaml:"title"`
		Help    string   `yaml:"help"`
		Whose   Holder   `yaml:"whose"` // entity when left out
		MinOf   int      `yaml:"minOf"` // 1 when left out
		MaxMB   int64    `yaml:"maxMB"` // 5 when left out
		Options []string `yaml:"options"`
	}
	entityFile struct {
		Code         string           `yaml:"code"`
		Name         string           `yaml:"name"`
		AccountTypes []account.Type   `yaml:"accountTypes"`
		TwoReviewers bool             `yaml:"twoReviewers"`
		Fields       []fieldUse       `yaml:"fields"`
		Requirements []requirementUse `yaml:"requirements"`
	}
	fieldUse struct {
		Set           string      `yaml:"set"` // of fields, in place of one
		Name          string      `yaml:"name"`
		Level         Level       `yaml:"level"`
		When          whenFile    `yaml:"when"`
		Label         string      `yaml:"label"` // instead of the field's own, as Help
		Help          string      `yaml:"help"`
		Holders       string      `yaml:"holders"`
		Classes       []string    `yaml:"classes"`
		Registrations []GSTINKind `yaml:"registrations"`
	}
	requirementUse struct {
		Set     string   `yaml:"set"` // of requirements, in place of one
		ID      string   `yaml:"id"`
		Level   Level    `yaml:"level"`
		When    whenFile `yaml:"when"`
		Title   string   `yaml:"title"` // instead of the requirement's own, as Help and Options
		Help    string   `yaml:"help"`
		Options []string `yaml:"options"`
	}
	whenFile struct {
		Given  string `yaml:"given"`
		Absent string `yaml:"absent"`
		Field  string `yaml:"field"` // with Is
		Is     string `yaml:"is"`
	}
)

// UnmarshalYAML takes a title alone, too.
func (d *documentFile) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&d.Title)
	}
	for i := 0; i < len(n.Content); i += 2 { // the decoder's KnownFields does not reach in here
		if key := n.Content[i].Value; !slices.Contains([]string{"title", "checks", "template", "sample"}, key) {
			return fmt.Errorf("line %d: a document has no %q", n.Line, key)
		}
	}
	type plain documentFile
	return n.Decode((*plain)(d))
}

// Load reads one version of the catalogue. It refuses unknown keys, names that are not defined, definitions that nothing uses,
// duplicates and gaps, and reports all of them at once.
func Load(version string, data []byte) (*Catalogue, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var f catalogueFile
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	if dec.Decode(new(any)) != io.EOF {
		return nil, errors.New("read catalogue: more than one document")
	}
	l := loader{file: f, used: map[string]bool{}}
	if f.Version != version {
		l.wrong("version %q does not match the file name %q", f.Version, version)
	}
	cat := &Catalogue{Version: version}
	for _, e := range f.EntityTypes {
		if _, again := cat.EntityType(e.Code); again {
			l.wrong("entity type %q is there twice", e.Code)
		}
		e.Fields = spread(&l, f.FieldSets, e.Fields, func(u fieldUse) string { return u.Set })
		e.Requirements = spread(&l, f.RequirementSets, e.Requirements, func(u requirementUse) string { return u.Set })
		cat.EntityTypes = append(cat.EntityTypes, l.entityType(e))
	}
	l.vocabulary()
	if len(l.faults) > 0 {
		return nil, errors.Join(l.faults...)
	}
	return cat, nil
}

// spread puts what is in a set into its place.
func spread[U any](l *loader, sets map[string][]U, uses []U, setOf func(U) string) (all []U) {
	for _, use := range uses {
		name := setOf(use)
		if name == "" {
			all = append(all, use)
			continue
		}
		if sets[name] == nil {
			l.wrong("set %q is not defined", name)
		}
		all = append(all, sets[name]...)
	}
	return all
}
