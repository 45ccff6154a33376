package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolver replaces CloudFormation's intrinsic functions, in their short form (!Ref X) and their long form ({Ref: X}).
type resolver struct {
	values     map[string]string // parameters and pseudo parameters
	resources  map[string]resource
	conditions map[string]yaml.Node
	naming     map[string]bool // resources whose name is being resolved: a guard against circles
	errs       []error
}

type resource struct {
	Type       string    `yaml:"Type"`
	Condition  string    `yaml:"Condition"`
	Properties yaml.Node `yaml:"Properties"`
}

// noValue is what AWS::NoValue resolves to; the member that holds it is left out.
type noValue struct{}

func (r *resolver) wrong(at, format string, args ...any) value {
	r.errs = append(r.errs, fmt.Errorf("template: %s: %s", at, fmt.Sprintf(format, args...)))
	return value{}
}

// node resolves n. at is its path, for messages.
func (r *resolver) node(n *yaml.Node, at string) value {
	if n.Kind == yaml.AliasNode {
		return r.node(n.Alias, at)
	}
	if name, argument := call(n); name != "" {
		return r.apply(name, argument, at)
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]value, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			v := r.node(n.Content[i+1], at+"."+name)
			if _, left := v.v.(noValue); !left {
				m[name] = v
			}
		}
		return value{m}
	case yaml.SequenceNode:
		return value{r.list(n, at)}
	case yaml.ScalarNode:
		return value{n.Value}
	}
	return value{}
}

func (r *resolver) list(n *yaml.Node, at string) []value {
	l := make([]value, 0, len(n.Content))
	for i, item := range n.Content {
		v := r.node(item, fmt.Sprintf("%s[%d]", at, i))
		if _, left := v.v.(noValue); !left {
			l = append(l, v)
		}
	}
	return l
}

// call recognises an intrinsic and returns its name without "!" or "Fn::", and the node of its argument.
func call(n *yaml.Node) (name string, argument *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		plain := *n
		plain.Tag = ""
		return n.Tag[1:], &plain
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		key := n.Content[0].Value
		if fn, ok := strings.CutPrefix(key, "Fn::"); ok {
			return fn, n.Content[1]
		}
		if key == "Ref" {
			return key, n.Content[1]
		}
	}
	return "", nil
}

func (r *resolver) apply(name string, n *yaml.Node, at string) value {
	switch name {
	case "Ref":
		return r.ref(n.Value, at)
	case "GetAtt":
		return value{attribute(strings.Join(append(r.node(n, at).texts(), ""), "."))}
	case "Sub":
		return r.sub(n, at)
	case "If":
		if a := n.Content; n.Kind == yaml.SequenceNode && len(a) == 3 {
			if r.condition(a[0].Value, at) {
				return r.node(a[1], at)
			}
			return r.node(a[2], at)
		}
	case "Join":
		if a := r.node(n, at).items(); len(a) == 2 {
			return value{strings.Join(a[1].texts(), a[0].string())}
		}
	case "Select":
		a := r.node(n, at).items()
		if i, err := strconv.Atoi(first(a).string()); err == nil && len(a) == 2 && i >= 0 && i < len(a[1].items()) {
			return a[1].items()[i]
		}
	case "Split":
		if a := r.node(n, at).items(); len(a) == 2 {
			var parts []value
			for _, s := range strings.Split(a[1].string(), a[0].string()) {
				parts = append(parts, value{s})
			}
			return value{parts}
		}
	default:
		return r.wrong(at, "the intrinsic function %s is not known to the local run", name)
	}
	return r.wrong(at, "the arguments of %s cannot be read", name)
}

func first(l []value) value {
	if len(l) == 0 {
		return value{}
	}
	return l[0]
}

func (r *resolver) ref(name, at string) value {
	if name == "AWS::NoValue" {
		return value{noValue{}}
	}
	if v, ok := r.values[name]; ok {
		return value{v}
	}
	if res, ok := r.resources[name]; ok {
		return value{r.reference(name, res)}
	}
	return r.wrong(at, "nothing is called %q, or it is a parameter without a default", name)
}

// attribute stands for what AWS would give. Only ARNs in policies and log settings use it, and nothing here reads those.
func attribute(name string) string { return "arn:aws:local:::" + strings.TrimSuffix(name, ".") }

var substitute = regexp.MustCompile(`\$\{(!?)([A-Za-z0-9:.]+)\}`)

func (r *resolver) sub(n *yaml.Node, at string) value {
	text, local := n.Value, map[string]value{}
	if n.Kind == yaml.SequenceNode {
		if len(n.Content) != 2 {
			return r.wrong(at, "the arguments of Sub cannot be read")
		}
		text, local = n.Content[0].Value, r.node(n.Content[1], at).members()
	}
	return value{substitute.ReplaceAllStringFunc(text, func(m string) string {
		parts := substitute.FindStringSubmatch(m)
		name := parts[2]
		if parts[1] == "!" { // ${!Literal} is the way to write ${Literal}
			return "${" + name + "}"
		}
		if v, ok := local[name]; ok {
			return v.string()
		}
		if strings.Contains(name, ".") {
			return attribute(name)
		}
		return r.ref(name, at).string()
	})}
}

// reference is what Ref makes of a resource: its name, but of a topic its ARN.
func (r *resolver) reference(id string, res resource) string {
	name := r.physicalName(id, res)
	if res.Type == "AWS::SNS::Topic" {
		return "arn:aws:sns:" + r.values["AWS::Region"] + ":" + r.values["AWS::AccountId"] + ":" + name
	}
	return name
}

// physicalName is the name that a resource gives itself, or else one made from its logical id.
func (r *resolver) physicalName(id string, res resource) string {
	if r.naming[id] {
		return r.wrong(id, "its name depends on itself").string()
	}
	r.naming[id] = true
	defer delete(r.naming, id)
	p := &res.Properties
	for i := 0; i+1 < len(p.Content); i += 2 {
		if slices.Contains([]string{"TableName", "BucketName", "Name", "FunctionName"}, p.Content[i].Value) {
			if name := r.node(p.Content[i+1], id+"."+p.Content[i].Value).string(); name != "" {
				return name
			}
		}
	}
	switch res.Type {
	case "AWS::SecretsManager::Secret":
		return "arn:aws:secretsmanager:" + r.values["AWS::Region"] + ":" + r.values["AWS::AccountId"] + ":secret:" + id + "-local0"
	case "AWS::S3::Bucket":
		return "central-local-" + strings.ToLower(id)
	}
	return "central-local-" + id
}

func (r *resolver) condition(name, at string) bool {
	n, ok := r.conditions[name]
	if !ok {
		r.wrong(at, "no condition is called %q", name)
		return false
	}
	return r.holds(&n, "Conditions."+name)
}

func (r *resolver) holds(n *yaml.Node, at string) bool {
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "Condition" {
		return r.condition(n.Content[1].Value, at)
	}
	name, arguments := call(n)
	switch {
	case name == "Condition":
		return r.condition(arguments.Value, at)
	case name == "Equals" && len(arguments.Content) == 2:
		return r.node(arguments.Content[0], at).string() == r.node(arguments.Content[1], at).string()
	case name == "Not" && len(arguments.Content) == 1:
		return !r.holds(arguments.Content[0], at)
	case name == "And":
		return !slices.ContainsFunc(arguments.Content, func(a *yaml.Node) bool { return !r.holds(a, at) })
	case name == "Or":
		return slices.ContainsFunc(arguments.Content, func(a *yaml.Node) bool { return r.holds(a, at) })
	}
	r.wrong(at, "this condition is not known to the local run")
	return false
}
