package kyc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"phonon.in/central/shared/account"
)

// The shapes of a catalogue's file, which people write as YAML (generate_test.go).
type (
	catalogueFile struct {
		Version         string                      `json:"version"`
		Off             []string                    `json:"off"` // documents that are not taken
		Checks          map[string]string           `json:"checks"`
		Samples         map[string]map[string]Spot  `json:"samples"` // by name, then by check
		Documents       map[string]documentFile     `json:"documents"`
		Fields          map[string]fieldFile        `json:"fields"`
		Requirements    map[string]requirementFile  `json:"requirements"`
		FieldSets       map[string][]fieldUse       `json:"fieldSets"`
		RequirementSets map[string][]requirementUse `json:"requirementSets"`
		EntityTypes     []entityFile                `json:"entityTypes"`
	}
	documentFile struct {
		Title    string   `json:"title"`
		Checks   []string `json:"checks"`
		Template string   `json:"template"`
		Sample   string   `json:"sample"`
	}
	fieldFile struct {
		Label   string   `json:"label"`
		Help    string   `json:"help"`
		Check   Kind     `json:"check"`
		Choices []Choice `json:"choices"`
	}
	requirementFile struct {
		Title   string   `json:"title"`
		Help    string   `json:"help"`
		Whose   Holder   `json:"whose"` // entity when left out
		MinOf   int      `json:"minOf"` // 1 when left out
		MaxMB   int64    `json:"maxMB"` // 5 when left out
		Options []string `json:"options"`
	}
	entityFile struct {
		Code         string           `json:"code"`
		Name         string           `json:"name"`
		AccountTypes []account.Type   `json:"accountTypes"`
		TwoReviewers bool             `json:"twoReviewers"`
		Fields       []fieldUse       `json:"fields"`
		Requirements []requirementUse `json:"requirements"`
	}
	fieldUse struct {
		Set           string      `json:"set"` // of fields, in place of one
		Name          string      `json:"name"`
		Level         Level       `json:"level"`
		When          whenFile    `json:"when"`
		Label         string      `json:"label"` // instead of the field's own, as Help
		Help          string      `json:"help"`
		Holders       string      `json:"holders"`
		Classes       []string    `json:"classes"`
		Registrations []GSTINKind `json:"registrations"`
	}
	requirementUse struct {
		Set     string   `json:"set"` // of requirements, in place of one
		ID      string   `json:"id"`
		Level   Level    `json:"level"`
		When    whenFile `json:"when"`
		Title   string   `json:"title"` // instead of the requirement's own, as Help and Options
		Help    string   `json:"help"`
		Options []string `json:"options"`
	}
	whenFile struct {
		Given  string `json:"given"`
		Absent string `json:"absent"`
		Field  string `json:"field"` // with Is
		Is     string `json:"is"`
	}
)

// UnmarshalJSON takes a title alone, too.
func (d *documentFile) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &d.Title)
	}
	type plain documentFile
	return strictly(data, (*plain)(d))
}

// UnmarshalJSON takes two numbers, no more and no fewer.
func (s *Spot) UnmarshalJSON(data []byte) error {
	var at []int
	if err := json.Unmarshal(data, &at); err != nil {
		return err
	}
	if len(at) != len(s) {
		return fmt.Errorf("%s is no place", data)
	}
	copy(s[:], at)
	return nil
}

// strictly reads one document, and refuses members that are not known.
func strictly(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// Load reads one version of the catalogue. It refuses unknown keys, names that are not defined, definitions that nothing uses,
// duplicates and gaps, and reports all of them at once.
func Load(version string, data []byte) (*Catalogue, error) {
	var f catalogueFile
	if err := strictly(data, &f); err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
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
