package template

import "strconv"

// value is a resolved YAML value: string, []value or map[string]value. A missing one is the zero value, and asking it for
// more gives zero values again.
type value struct{ v any }

func (v value) string() string {
	s, _ := v.v.(string)
	return s
}

func (v value) members() map[string]value {
	m, _ := v.v.(map[string]value)
	return m
}

func (v value) items() []value {
	l, _ := v.v.([]value)
	return l
}

// at follows names into nested mappings.
func (v value) at(names ...string) value {
	for _, name := range names {
		v = v.members()[name]
	}
	return v
}

func (v value) text(names ...string) string { return v.at(names...).string() }

// texts is a list of strings. CloudFormation and SAM take a single string for a list of one.
func (v value) texts() []string {
	if s := v.string(); s != "" {
		return []string{s}
	}
	var all []string
	for _, item := range v.items() {
		all = append(all, item.string())
	}
	return all
}

func (v value) number(name string, otherwise int) int {
	if n, err := strconv.Atoi(v.text(name)); err == nil {
		return n
	}
	return otherwise
}
