package main

import (
	"fmt"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

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

// at returns the first of the named members that is there.
func (v value) at(names ...string) value {
	for _, name := range names {
		if m, ok := v.members()[name]; ok {
			return m
		}
	}
	return value{}
}

func (v value) text(name string) string { return v.at(name).string() }

func (v value) texts() (all []string) {
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

// resolver replaces CloudFormation's intrinsic functions, as far as our template uses them.
type resolver struct {
	values map[string]string // parameters, pseudo parameters, physical names by logical id
	errs   []error
}

var substitute = regexp.MustCompile(`\$\{([A-Za-z0-9:.]+)\}`)

func (r *resolver) node(n *yaml.Node, at string) value {
	switch n.Kind {
	case yaml.AliasNode:
		return r.node(n.Alias, at)
	case yaml.MappingNode:
		m := make(map[string]value, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			m[name] = r.node(n.Content[i+1], at+"."+name)
		}
		return value{m}
	case yaml.SequenceNode:
		if n.Tag != "!!seq" {
			return r.unknown(n.Tag, at)
		}
		l := make([]value, len(n.Content))
		for i, item := range n.Content {
			l[i] = r.node(item, fmt.Sprintf("%s[%d]", at, i))
		}
		return value{l}
	case yaml.ScalarNode:
		return r.scalar(n, at)
	}
	return value{}
}

func (r *resolver) scalar(n *yaml.Node, at string) value {
	switch n.Tag {
	case "!Ref":
		return value{r.lookup(n.Value, at)}
	case "!Sub":
		return value{substitute.ReplaceAllStringFunc(n.Value, func(m string) string {
			return r.lookup(substitute.FindStringSubmatch(m)[1], at)
		})}
	case "!GetAtt":
		return value{"arn:aws:local:::" + n.Value} // only policies and log settings use it, and nothing here reads those
	case "!!str", "!!int", "!!bool", "!!float", "!!null", "!!timestamp":
		return value{n.Value}
	}
	return r.unknown(n.Tag, at)
}

func (r *resolver) lookup(name, at string) string {
	if attribute := regexp.MustCompile(`^[A-Za-z0-9]+\.[A-Za-z]+$`); attribute.MatchString(name) {
		return "arn:aws:local:::" + name
	}
	v, ok := r.values[name]
	if !ok {
		r.errs = append(r.errs, fmt.Errorf("template: %s: nothing is called %q, or it has no default", at, name))
	}
	return v
}

func (r *resolver) unknown(tag, at string) value {
	r.errs = append(r.errs, fmt.Errorf("template: %s: the intrinsic %s is not known here", at, tag))
	return value{}
}
