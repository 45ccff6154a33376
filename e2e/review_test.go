package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
)

// accountsStore is the store of the run under test, as an operator has it.
func accountsStore(t *testing.T) *store.Store {
	t.Helper()
	db, users, tokens := tables(t)
	return store.New(db, users, tokens)
}

// tables are those of the run under test.
func tables(t *testing.T) (db *dynamodb.Client, users, tokens string) {
	t.Helper()
	if system.cmd == nil {
		t.Skip("the tables of the run under test are not ours to write to")
	}
	var run struct{ Environment map[string]string }
	local(t, "/run", &run)
	keys := aws.Credentials{AccessKeyID: "AKIALOCALLOCALLOCAL0", SecretAccessKey: "local-secret-that-opens-nothing-anywhere"}
	db = dynamodb.New(dynamodb.Options{
		Region: "ap-south-1", BaseEndpoint: aws.String(run.Environment["AWS_ENDPOINT_URL_DYNAMODB"]),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil }),
	})
	return db, run.Environment["USERS_TABLE"], run.Environment["TOKENS_TABLE"]
}

// reviewer is a member who reviews, with an open desk.
func reviewer(t *testing.T) *person {
	t.Helper()
	p := member(t)
	id := account.ID(p.call("GET", "/v1/account", nil).text("id"))
	deed := store.Deed{Kind: "reviewer_added", By: "local run", Reason: "a test", At: time.Now()}
	if err := accountsStore(t).AddReviewer(t.Context(), id, true, deed); err != nil {
		t.Fatal(err)
	}
	p.want(p.call("POST", "/v1/review/unlock", m{"password": goodPassword}), 403, "reviewer_needs_factor")
	p.addApp()
	p.want(p.call("GET", "/v1/review", nil), 403, "desk_locked")
	p.want(p.call("POST", "/v1/review/unlock", m{"password": "Not this one 1!"}), 403, "password_wrong")
	p.want(p.call("POST", "/v1/review/unlock", m{"password": goodPassword}), 204)
	return p
}

// verdicts judges each document of a case: yes, but for the requirements that are refused.
func verdicts(view map[string]any, outcome string, refused map[string]string) m {
	parts := []any{}
	for _, r := range view["requirements"].([]any) {
		requirement := r.(map[string]any)
		for _, d := range requirement["documents"].([]any) {
			part := m{"pointer": requirement["pointer"], "documentId": d.(map[string]any)["id"], "verdict": "yes"}
			if code := refused[requirement["id"].(string)]; code != "" {
				part["verdict"], part["code"] = "no", code
			}
			parts = append(parts, part)
		}
	}
	return m{"leaseId": view["lease"].(map[string]any)["id"], "version": view["version"], "outcome": outcome, "note": "Compare the names.", "parts": parts}
}

// claimed presses next until the case is the one that is meant; what others have left in the lanes is given back.
func (p *person) claimed(reference string) map[string]any {
	p.t.Helper()
	p.want(p.call("POST", "/v1/review/next", nil), 200)
	return p.want(p.call("POST", "/v1/review/cases/"+reference+"/claim", m{"takeOver": "The test works on it."}), 200).body
}

func TestACaseIsAskedAboutAnsweredLookedAtTwiceAndApproved(t *testing.T) {
	holder, first, second := member(t), reviewer(t), reviewer(t)
	holder.provePhone(mobile(), "mobile")
	holder.saveDetails("individual")
	holder.fillCase("individual")
	reference := holder.want(holder.call("POST", "/v1/kyc/submit", agreed()), 202).text("reference")
	at, evil, box := "/v1/review/cases/"+reference, elsewhere(), postbox{holder, map[string]int{}}
	box.leadsHome("submission", holder.email)
	product := holder.kycAtAProduct()
	productHears := func(status, entity string) {
		t.Helper()
		if gotStatus, gotEntity := product(); gotStatus != status || gotEntity != entity {
			t.Errorf("a product hears %q, %q; want %q, %q", gotStatus, gotEntity, status, entity)
		}
	}
	productHears("submitted", "")

	view := first.claimed(reference)
	requirement := view["requirements"].([]any)[0].(map[string]any)
	asks := verdicts(view, "needs_info", map[string]string{requirement["id"].(string): "not_readable"})
	undone := first.want(first.call("POST", at+"/decision", asks), 200)
	first.want(first.call("POST", at+"/undo", m{"recordId": undone.text("recordId")}), 200)
	view = first.claimed(reference)
	asks = verdicts(view, "needs_info", map[string]string{requirement["id"].(string): "aadhaar_unmasked"})
	first.want(first.call("POST", at+"/heartbeat", m{"leaseId": asks["leaseId"]}), 200)
	first.want(first.call("POST", at+"/preview", asks), 200)
	if got := first.want(first.call("POST", at+"/decision", asks, evil...), 200).text("status"); got != "needs_info" {
		t.Fatalf("the case is %s", got)
	}
	productHears("needs_info", "")
	soon(t, holder.email)
	box.leadsHome("a question", holder.email)
	first.want(first.call("POST", at+"/decision", asks), 409, "case_not_waiting")

	refused := requirement["documents"].([]any)[0].(map[string]any)
	documentType := refused["type"].(string)
	file := pdf(t)
	id, form := holder.form(requirement["id"].(string), documentType, file)
	if left := strings.Join(holder.stored(form), " "); strings.Contains(left, refused["id"].(string)) {
		t.Errorf("a file that was to be deleted with the decision is left: %s", left)
	}
	holder.send(form, file)
	holder.settled(id)
	holder.want(holder.call("POST", "/v1/kyc/submit", agreed()), 202)

	view = first.claimed(reference)
	if view["lane"] != "answered" || view["requirements"].([]any)[0].(map[string]any)["pointer"] != requirement["pointer"] {
		t.Errorf("the answered case is in %v and begins with %v", view["lane"], view["requirements"].([]any)[0])
	}
	first.looksAtFiles(at, view)
	first.want(first.call("POST", at+"/decision", verdicts(view, "second_look", nil)), 200)
	first.want(first.call("POST", at+"/claim", m{"takeOver": ""}), 409, "same_reviewer")
	view = second.claimed(reference)
	if got := second.want(second.call("POST", at+"/decision", verdicts(view, "approve", nil), evil...), 200).text("status"); got != "approved" {
		t.Fatalf("the case is %s", got)
	}
	productHears("approved", "individual")
	soon(t, holder.email)
	box.leadsHome("an approval", holder.email)
	if got := holder.kycCase()["status"]; got != "approved" {
		t.Errorf("the holder sees %v", got)
	}
	holder.sendsAgain(form, file)
	second.looksAtFiles(at, second.want(second.call("GET", at, nil), 200).body)
	var kinds []string
	for _, r := range second.want(second.call("GET", at+"/history", nil), 200).body["records"].([]any) {
		kinds = append(kinds, r.(map[string]any)["kind"].(string))
	}
	for _, kind := range []string{"submit", "claim", "question", "undo", "original", "second_look", "approve"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("the history lacks %s: %v", kind, kinds)
		}
	}
	if items := second.want(second.call("POST", "/v1/review/search", m{"q": reference}), 200).body["items"].([]any); len(items) != 1 {
		t.Errorf("the search found %v", items)
	}
	second.want(second.call("GET", "/v1/review/report", nil), 200)
	holder.closesAndIsErased(form)
	productHears("", "")
}

// sendsAgain sends other bytes by the form of a file that was reviewed: nothing comes of them.
func (p *person) sendsAgain(form map[string]any, file []byte) {
	p.t.Helper()
	before := p.stored(form)
	other := slices.Clone(file)
	other[len(other)-1] ^= 1
	p.send(form, other)
	eventually(p.t, "what comes after the review is thrown away", func() bool { return slices.Equal(p.stored(form), before) })
}

// looksAtFiles opens every page and every original of a case: they are the ones that it names.
func (p *person) looksAtFiles(at string, view map[string]any) {
	p.t.Helper()
	for _, r := range view["requirements"].([]any) {
		for _, d := range r.(map[string]any)["documents"].([]any) {
			document := d.(map[string]any)
			documents := at + "/documents/" + document["id"].(string)
			original := p.want(p.call("POST", documents+"/original", m{"reason": "The picture is torn."}), 200)
			header, body := p.fetched(original.text("url"))
			if got := fmt.Sprintf("%x", sha256.Sum256(body)); !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") || got != document["sha256"] {
				p.t.Errorf("an original comes as %q with %s, the case says %v", header.Get("Content-Disposition"), got, document["sha256"])
			}
			pages := document["pages"].([]any)
			if len(pages) == 0 {
				p.t.Errorf("a document without a page: %v", document)
			}
			for i, sum := range pages {
				page := p.want(p.call("GET", fmt.Sprintf("%s/pages/%d", documents, i+1), nil), 200)
				header, body := p.fetched(page.text("url"))
				if got := fmt.Sprintf("%x", sha256.Sum256(body)); got != sum || header.Get("Content-Type") != "image/jpeg" {
					p.t.Errorf("a page is %s with %s, the case says %s", header.Get("Content-Type"), got, sum)
				}
			}
			p.want(p.call("GET", fmt.Sprintf("%s/pages/%d", documents, len(pages)+1), nil), 404, "page_unknown")
		}
	}
}

func (p *person) fetched(url string) (http.Header, []byte) {
	p.t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || len(body) == 0 {
		p.t.Fatalf("storage answered %d, %d bytes, %v", answer.StatusCode, len(body), err)
	}
	return answer.Header, body
}
