package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// owners are the functions by the path that is theirs, from the template.
func owners(t *testing.T) map[string]string {
	t.Helper()
	_, found := functions(t)
	owner := map[string]string{}
	for name, f := range found {
		for id, e := range f.Properties.Events {
			method, path := e.Properties.Method, e.Properties.Path
			switch {
			case e.Type != "HttpApi":
			case path == "" && name == "web": // $default: the pages, and all that the contract does not know
			case method != "ANY":
				t.Errorf("functions/%s, %s: a route has ANY for its method, so that the function refuses those that it does not know: docs/decisions/0010-methods.md", name, id)
			case owner[path] != "":
				t.Errorf("%s belongs to functions/%s and to functions/%s: a path has one function, which answers all its methods", path, owner[path], name)
			default:
				owner[path] = name
			}
		}
	}
	return owner
}

func TestAPathBelongsToOneFunctionAndIsInTheContract(t *testing.T) {
	owner, promised := owners(t), contract(t).Paths
	for path, name := range owner {
		if promised.Value(path) == nil {
			t.Errorf("%s, of functions/%s, is in the template and not in api/openapi.yaml", path, name)
		}
	}
	for path := range promised.Map() {
		if owner[path] == "" {
			t.Errorf("%s is in api/openapi.yaml and not in the template", path)
		}
	}
	if len(owner) < 20 {
		t.Errorf("only %d paths were found", len(owner))
	}
}

// registered finds the routes of a function in its code.
var registered = regexp.MustCompile(`\bapi\.(Public|Private|PrivateWithin|BeforeTerms|Foreign)\("([A-Z]+) (\S+)"`)

func TestAFunctionAnswersTheMethodsThatTheContractHas(t *testing.T) {
	owner, promised := owners(t), contract(t).Paths
	answered := map[string]string{} // whom a route is for
	sources(t, "functions", func(path string, _ []string) {
		text, err := os.ReadFile(filepath.Join(root(t), path))
		if err != nil {
			t.Fatal(err)
		}
		for _, route := range registered.FindAllStringSubmatch(string(text), -1) {
			name := strings.Split(filepath.ToSlash(path), "/")[1]
			if owner[route[3]] != name {
				t.Errorf("functions/%s has %s %s, which the template gives to %q", name, route[2], route[3], owner[route[3]])
			}
			answered[route[2]+" "+route[3]] = strings.NewReplacer("PrivateWithin", "Private", "BeforeTerms", "Private", "Foreign", "Public").Replace(route[1])
		}
	})
	for path, item := range promised.Map() {
		for method, op := range item.Operations() {
			route, want := method+" "+path, "Public"
			for _, way := range *op.Security {
				if _, session := way["cookie"]; session {
					want = "Private"
				}
			}
			if answered[route] != want {
				t.Errorf("%s is api.%s in code, and for api.%s in api/openapi.yaml", route, answered[route], want)
			}
			delete(answered, route)
		}
	}
	for route := range answered {
		t.Errorf("%s is in code and not in api/openapi.yaml", route)
	}
}

// counted finds what a metric filter looks for in the access log.
var counted = regexp.MustCompile(`^\{ \$\.routeKey = "ANY (\S+)" && \$\.method = "([A-Z]+)" && \$\.status = "([0-9]+)" \}$`)

// A key that is no route's stops a deployment, and a filter for one counts nothing.
func TestThrottlesAndFiltersNameRoutesThatAre(t *testing.T) {
	owner, promised := owners(t), contract(t).Paths
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	api := s.Resources["Api"]
	throttled := keys(&api, "Properties.RouteSettings")
	for _, key := range throttled {
		if path, any := strings.CutPrefix(key, "ANY "); !any || owner[path] == "" {
			t.Errorf("RouteSettings has %q, which is no route", key)
		}
	}
	log := at(&api, "Properties.AccessLogSettings.Format")
	if len(throttled) < 6 || !strings.Contains(log, `"routeKey":"$context.routeKey"`) || !strings.Contains(log, `"method":"$context.httpMethod"`) {
		t.Errorf("%d routes are throttled, the access log is %s", len(throttled), log)
	}
	filters := 0
	for id, node := range s.Resources {
		if at(&node, "Type") != "AWS::Logs::MetricFilter" || at(&node, "Properties.LogGroupName") != "AccessLog" {
			continue
		}
		filters++
		found := counted.FindStringSubmatch(at(&node, "Properties.FilterPattern"))
		if found == nil || owner[found[1]] == "" || promised.Value(found[1]).GetOperation(found[2]) == nil ||
			promised.Value(found[1]).GetOperation(found[2]).Responses.Value(found[3]) == nil {
			t.Errorf("%s counts %s, which never happens", id, at(&node, "Properties.FilterPattern"))
		}
	}
	if filters < 8 {
		t.Errorf("only %d filters were found", filters)
	}
}

func TestWhatIsThrottledIsWhatCostsMost(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	api := s.Resources["Api"]
	for _, path := range []string{"/v1/signup", "/v1/signup/resend", "/v1/login", "/v1/password/forgot", "/v1/password/reset", "/v1/otp"} {
		if !slices.Contains(keys(&api, "Properties.RouteSettings"), "ANY "+path) {
			t.Errorf("%s is throttled as what costs nothing", path)
		}
	}
}
