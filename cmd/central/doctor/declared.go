package doctor

import (
	"encoding/json"
	"maps"
	"slices"
)

// template is what is looked at of a template, in JSON.
type template struct {
	Parameters map[string]struct{ Default any }
	Resources  map[string]struct {
		Type       string
		Properties struct {
			Environment struct{ Variables map[string]any }
		}
	}
}

// Declared lists, for each function of a processed template, the variables to which it always gives a value. The others may be empty:
// a parameter with the default "", or a condition with "" on one side. It returns nil for what is no template.
func Declared(body []byte) map[string][]string {
	var t template
	if json.Unmarshal(body, &t) != nil {
		return nil
	}
	all := map[string][]string{}
	for id, r := range t.Resources {
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		all[id] = nil
		for _, name := range slices.Sorted(maps.Keys(r.Properties.Environment.Variables)) {
			if !t.mayBeEmpty(r.Properties.Environment.Variables[name]) {
				all[id] = append(all[id], name)
			}
		}
	}
	return all
}

func (t template) mayBeEmpty(value any) bool {
	if call, isCall := value.(map[string]any); isCall {
		if parameter, isRef := call["Ref"].(string); isRef {
			return t.Parameters[parameter].Default == ""
		}
	}
	return hasEmptySide(value)
}

func hasEmptySide(value any) bool {
	call, _ := value.(map[string]any)
	sides, _ := call["Fn::If"].([]any)
	return value == "" || len(sides) == 3 && (hasEmptySide(sides[1]) || hasEmptySide(sides[2]))
}
