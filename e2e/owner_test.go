package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// hasAccepted makes the account one that has accepted a version of the terms last; "" is one of a release that did not note it.
func (p *person) hasAccepted(version string) {
	p.t.Helper()
	db, users, _ := tables(p.t)
	change := &dynamodb.UpdateItemInput{
		TableName: &users, UpdateExpression: new("REMOVE termsVersion"), Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "account#" + p.call("GET", "/v1/account", nil).text("id")}, "sk": &types.AttributeValueMemberS{Value: "profile"},
		},
	}
	if version != "" {
		change.UpdateExpression = new("SET termsVersion = :v")
		change.ExpressionAttributeValues = map[string]types.AttributeValue{":v": &types.AttributeValueMemberS{Value: version}}
	}
	if _, err := db.UpdateItem(p.t.Context(), change); err != nil {
		p.t.Fatal(err)
	}
}

func TestTheNextLogInStopsAtNewTermsAndOneOfBeforeDoesNot(t *testing.T) {
	t.Parallel()
	p := member(t)
	version := p.call("GET", "/v1/terms", nil).text("version")
	p.hasAccepted("")
	p.login()
	if next := p.want(p.call("GET", "/v1/account", nil), 200).text("next"); next == "terms-accept" {
		t.Error("an account of before, which has accepted these terms, is asked again")
	}
	p.hasAccepted("2020-01-01")
	before := p.bearer
	p.bearer = ""
	r := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword, "transport": "bearer"}), 200)
	if r.text("next") != "terms-accept" {
		t.Errorf("it leads to %s", r.text("next"))
	}
	p.bearer = r.text("session")
	for _, route := range []string{"/v1/kyc", "/v1/sessions", "/v1/account/email"} {
		p.want(p.call("GET", route, nil), 403, "terms_acceptance_required")
	}
	p.bearer, before = before, p.bearer
	p.want(p.call("GET", "/v1/sessions", nil), 200) // it began before
	p.bearer = before
	p.want(p.call("POST", "/v1/terms/accept", m{"version": version, "accepted": true}), 200)
	p.want(p.call("GET", "/v1/sessions", nil), 200)
	if list := p.want(p.call("GET", "/v1/account/consents", nil), 200).body["consents"].([]any); len(list) != 2 {
		t.Errorf("the ledger has %v", list)
	}
}

func TestTheHolderReadsAndTakesAlongWhatIsTheirs(t *testing.T) {
	t.Parallel()
	p := member(t)
	p.login()
	var kinds []string
	for _, a := range p.want(p.call("GET", "/v1/account/activity", nil), 200).body["items"].([]any) {
		kinds = append(kinds, a.(map[string]any)["kind"].(string))
	}
	if !slices.Contains(kinds, "account_created") || !slices.Contains(kinds, "logged_in") {
		t.Errorf("the activity is %v", kinds)
	}
	all := p.want(p.call("POST", "/v1/account/export", nil), 200)
	if !strings.Contains(all.raw, p.email) || strings.Contains(all.raw, "argon2") {
		t.Errorf("the export is %s", all.raw)
	}
	if len(p.want(p.call("GET", "/v1/account/close", nil), 200).body["kept"].([]any)) != 2 {
		t.Error("what would be kept is not said")
	}
}

func TestALogInFromAnotherDeviceIsDisownedByItsMail(t *testing.T) {
	t.Parallel()
	p := member(t)
	intruder := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword, "transport": "bearer"}, "User-Agent", "intruder/1.0"), 200).text("session")
	link := p.message(p.email, `/not-me#(\S+)`)
	reset := p.want(p.call("POST", "/v1/login/disown", m{"token": link}), 200).text("reset")
	p.bearer = intruder
	p.want(p.call("GET", "/v1/account", nil), 401)
	p.bearer = ""
	p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 401, "credentials_wrong")
	p.want(p.call("POST", "/v1/password/reset", m{"token": reset, "password": "River stone 77!"}), 204)
	p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": "River stone 77!"}), 200)
	p.want(p.call("POST", "/v1/login/disown", m{"token": link}), 410)
}
