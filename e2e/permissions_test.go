package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// allowance is an action of a function on a resource: the logical id of a table, of a topic or of the bucket, or "incoming/*", or "".
type allowance struct{ function, action, resource string }

// rare are permissions that no run of the tests here can be made to use, and where they are.
var rare = map[allowance]string{
	{"intake", "s3:DeleteObjectVersion", "vault/*"}:    "a document that is removed while it is copied: unit tests of functions/intake",
	{"review", "s3:GetObjectVersion", "vault/*"}:       signs,
	{"review", "s3:DeleteObjectVersion", "incoming/*"}: "a file that was sent again and is not thrown away yet: unit tests of functions/review",
	{"clock", "s3:DeleteObjectVersion", "incoming/*"}:  "a file that came and was never looked at: unit tests of functions/clock",
	{"render", "s3:DeleteObjectVersion", "vault/*"}:    race,
	{"render", "s3:DeleteObjectVersion", "pages/*"}:    race,
	{"render", "s3:ListBucket", "uploads"}:             race,
	{"login", "secretsmanager:GetSecretValue", ""}:     starts,
	{"account", "secretsmanager:GetSecretValue", ""}:   starts,
	{"factor", "secretsmanager:GetSecretValue", ""}:    starts,
	{"otp", "secretsmanager:GetSecretValue", ""}:       starts,
	{"oidc", "secretsmanager:GetSecretValue", ""}:      starts,
	{"signup", "secretsmanager:GetSecretValue", ""}:    starts,
	{"verify", "secretsmanager:GetSecretValue", ""}:    starts,
	{"kyc", "secretsmanager:GetSecretValue", ""}:       starts,
}

const signs = "it signs addresses as kyc does, and no fetch says who signed: unit tests of functions/review, and TestACaseIsAskedAboutAnsweredLookedAtTwiceAndApproved"

const race = "at times, as when a document is removed while it is rendered: unit tests of functions/render"

const starts = "read before the first request, so no trace says by whom: TestWhoReadsTheSecretMayAndNobodyElse"

// comparePermissions holds the policies of the template to what the functions really did in all tests together: what is
// missing would fail in production, and what is not used nobody needs. It is called after a complete run.
func comparePermissions(url string) (table string, wrong []string, err error) {
	allowed, err := allowedPermissions()
	if err != nil {
		return "", nil, err
	}
	used, err := usedPermissions(url)
	if err != nil {
		return "", nil, err
	}
	for a := range used {
		if !allowed[a] {
			wrong = append(wrong, fmt.Sprintf("%s needs %s on %s, which its policy does not allow", a.function, a.action, a.resource))
		}
	}
	for a := range allowed {
		if used[a] == 0 && rare[a] == "" {
			wrong = append(wrong, fmt.Sprintf("%s never uses %s on %s, which its policy allows", a.function, a.action, a.resource))
		}
	}
	for a := range rare {
		if !allowed[a] || used[a] > 0 && rare[a] != race {
			wrong = append(wrong, fmt.Sprintf("%s, %s on %s is no exception any more", a.function, a.action, a.resource))
		}
	}
	slices.Sort(wrong)
	return permissionTable(allowed, used), wrong, nil
}

func permissionTable(allowed map[allowance]bool, used map[allowance]int) string {
	lines := []string{}
	for a := range allowed {
		lines = append(lines, fmt.Sprintf("%-8s %-30s %-14s %8d", a.function, a.action, a.resource, used[a]))
	}
	slices.Sort(lines)
	return fmt.Sprintf("%-8s %-30s %-14s %8s\n%s", "function", "allowed", "on", "used", strings.Join(lines, "\n"))
}

func usedPermissions(url string) (map[allowance]int, error) {
	answer, err := http.Get(url + "/_local/permissions")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var list []struct {
		Function, Action, Resource string
		Count                      int
	}
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		return nil, err
	}
	used := map[allowance]int{}
	for _, u := range list {
		a := allowance{u.Function, u.Action, resourceOf(u.Resource)}
		if a.function == "" && strings.HasPrefix(a.action, "s3:") {
			a.function = signer(a.resource)
		}
		if a.function != "" {
			used[a] += u.Count
		}
	}
	return used, nil
}

// signer is whose addresses and forms lead there: pages are for reviewers.
func signer(resource string) string {
	if resource == "pages/*" {
		return "review"
	}
	return "kyc"
}

// resourceOf brings names of the local run and texts of the template to the same: what it is, without where.
func resourceOf(text string) string {
	for _, known := range []string{"UsersTable", "TokensTable", "EventsTopic", "incoming/*", "vault/*", "pages/*", "restricted/*", "uploads"} {
		if strings.Contains(text, known) {
			return known
		}
	}
	return ""
}

func allowedPermissions() (map[allowance]bool, error) {
	text, err := os.ReadFile(filepath.Join(projectRoot(), "template.yaml"))
	if err != nil {
		return nil, err
	}
	var doc struct {
		Resources map[string]struct {
			Type       string `yaml:"Type"`
			Properties struct {
				Policies []struct {
					Statement []struct {
						Action      yaml.Node `yaml:"Action"`
						Resource    yaml.Node `yaml:"Resource"`
						NotResource yaml.Node `yaml:"NotResource"`
					} `yaml:"Statement"`
				} `yaml:"Policies"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	allowed := map[allowance]bool{}
	for id, r := range doc.Resources {
		if r.Type != "AWS::Serverless::Function" {
			continue
		}
		function := strings.ToLower(strings.TrimSuffix(id, "Function"))
		for _, p := range r.Properties.Policies {
			for _, s := range p.Statement {
				for _, action := range scalars(&s.Action) {
					for _, resource := range append(scalars(&s.Resource), scalars(&s.NotResource)...) {
						allowed[allowance{function, action, resourceOf(resource)}] = true
					}
				}
			}
		}
	}
	return allowed, nil
}

func scalars(n *yaml.Node) (all []string) {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	parts := n.Content
	if n.Tag == "!If" { // the name of a condition, and both cases
		parts = parts[1:]
	}
	for _, c := range parts {
		all = append(all, scalars(c)...)
	}
	return all
}

func TestAPolicyThatDiffersFromWhatIsDoneIsFound(t *testing.T) {
	allowed, err := allowedPermissions()
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string]bool{}
	for a := range allowed {
		functions[a.function] = true
	}
	if len(allowed) < 40 || len(functions) < 8 || !allowed[allowance{"signup", "dynamodb:GetItem", "UsersTable"}] || !allowed[allowance{"kyc", "s3:PutObject", "incoming/*"}] ||
		!allowed[allowance{"otp", "sns:Publish", ""}] || allowed[allowance{"signup", "dynamodb:Scan", "UsersTable"}] {
		t.Errorf("%d permissions of %v", len(allowed), slices.Sorted(maps.Keys(functions)))
	}
}
