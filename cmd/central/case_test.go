package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/seed"
	"phonon.in/central/shared/kyc"
)

// states are demo accounts, one in each state that a case can be in, by the name of the state.
func states(t *testing.T, l local) map[string]seed.Account {
	t.Helper()
	cmd := exec.Command(filepath.Join(run.folder, "central"), "seed", "--cases", "--local", l.url, "--yes", "--json")
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	var made []seed.Account
	if err != nil || json.Unmarshal(out, &made) != nil || len(made) != seed.ManyCases {
		t.Fatalf("%v: %s", err, out)
	}
	all := map[string]seed.Account{}
	for _, a := range made {
		all[string(a.Stage)] = a
	}
	return all
}

func TestAnOperatorFindsCasesAndActsOnThem(t *testing.T) {
	l := startLocal(t)
	in := states(t, l)
	show := func(state string) (v caseView) {
		t.Helper()
		l.central(t, "", "case", "show", in[state].Email, "--json").want(t, console.Good).json(t, &v)
		return v
	}
	t.Run("the demo cases are in the states that they are called", func(t *testing.T) {
		for state, want := range map[string]string{
			"draft": "draft", "new": "submitted new", "new and overdue": "under_review new", "answered": "submitted answered", "under review": "under_review new",
			"second look": "under_review second_look", "needs info": "needs_info", "approved": "approved", "expiring": "expiring", "expired": "expired",
			"suspended": "suspended", "rejected": "rejected", "withdrawn": "withdrawn",
		} {
			v := show(state)
			if got := strings.TrimSpace(string(v.Status) + " " + string(v.Lane)); got != want {
				t.Errorf("%s is %s", state, got)
			}
			if shown := in[state].EntityType; v.EntityType != shown {
				t.Errorf("%s: %s, not %s", state, v.EntityType, shown)
			}
		}
	})
	t.Run("lists", func(t *testing.T) { checkCaseLists(t, l, show) })
	t.Run("what says whose a case is, is shown with --reveal only", func(t *testing.T) {
		for _, command := range [][]string{{"case", "show", in["approved"].Email}, {"case", "list", "--status", "approved"}, {"case", "history", in["approved"].Email}} {
			if out := l.central(t, "", command...).want(t, console.Good).out; strings.Contains(out, "Demo") || strings.Contains(out, "ZZZ") || strings.Contains(out, "@") || strings.Contains(out, ".pdf") {
				t.Errorf("%v: %s", command, out)
			}
		}
		if out := l.central(t, "", "case", "show", in["approved"].Email, "--reveal").want(t, console.Good).out; !strings.Contains(out, "ZZZCZ9999Z") || !strings.Contains(out, ".pdf") {
			t.Error(out)
		}
		l.central(t, "", "case", "show", "nobody@example.com").want(t, console.Wrong)
	})
	t.Run("suspend, resume and reopen", func(t *testing.T) { checkCaseChanges(t, l, in, show) })
	t.Run("export", func(t *testing.T) { checkCaseExport(t, l, show("second look")) })
	t.Run("an erased case is in no lane and no count", func(t *testing.T) {
		was, err := l.store.LaneCounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		v := show("second look")
		l.central(t, "", "account", "erase", in["second look"].Email, "--yes").want(t, console.Good)
		now, err := l.store.LaneCounts(t.Context())
		if err != nil || now[kyc.LaneSecondLook] != was[kyc.LaneSecondLook]-1 {
			t.Errorf("%v, and before %v: %v", now, was, err)
		}
		var lines []caseLine
		l.central(t, "", "case", "list", "--json").want(t, console.Good).json(t, &lines)
		if slices.ContainsFunc(lines, func(c caseLine) bool { return c.Account == v.Account }) {
			t.Error("the index has an erased case")
		}
		l.central(t, "", "account", "erase", in["suspended"].Email, "--yes").want(t, console.Wrong) // it was approved once
	})
}

func checkCaseLists(t *testing.T, l local, show func(string) caseView) {
	list := func(args ...string) (lines []caseLine) {
		t.Helper()
		l.central(t, "", append([]string{"case", "list", "--json"}, args...)...).want(t, console.Good).json(t, &lines)
		return lines
	}
	has := func(lines []caseLine, state string) bool {
		account := show(state).Account
		return slices.ContainsFunc(lines, func(c caseLine) bool { return c.Account == account })
	}
	for _, c := range []struct {
		args        []string
		with, other string
	}{
		{nil, "new", "approved"},
		{[]string{"--lane", "second_look"}, "second look", "new"},
		{[]string{"--overdue"}, "new and overdue", "new"},
		{[]string{"--status", "approved"}, "approved", "expiring"},
		{[]string{"--status", "needs_info"}, "needs info", "answered"},
		{[]string{"--status", "submitted"}, "answered", "under review"},
	} {
		if lines := list(c.args...); !has(lines, c.with) || has(lines, c.other) {
			t.Errorf("%v lists %+v", c.args, lines)
		}
	}
	if lines := list("--limit", "2"); len(lines) != 2 {
		t.Errorf("%d lines", len(lines))
	}
	for _, wrong := range [][]string{{"--lane", "fast"}, {"--status", "good"}, {"--limit", "0"}} {
		l.central(t, "", append([]string{"case", "list"}, wrong...)...).want(t, console.Usage)
	}
}

func checkCaseChanges(t *testing.T, l local, in map[string]seed.Account, show func(string) caseView) {
	change := func(code int, state string, args ...string) (done console.Audit) {
		t.Helper()
		l.central(t, "", append([]string{"case", args[0], in[state].Email, "--yes", "--json"}, args[1:]...)...).want(t, code).json(t, &done)
		return done
	}
	verified := func(state string) int {
		t.Helper()
		p, err := l.store.Profile(t.Context(), show(state).Account)
		if err != nil {
			t.Fatal(err)
		}
		return p.Verified.CaseNo
	}
	l.central(t, "", "case", "suspend", in["approved"].Email, "--yes").want(t, console.Usage) // no reason
	change(console.Good, "approved", "suspend", "--reason", "fraud is looked into", "--dry-run")
	l.central(t, "no\n", "case", "suspend", in["approved"].Email, "--reason", "fraud is looked into").want(t, console.Wrong)
	if show("approved").Status != kyc.Approved || verified("approved") != 1 {
		t.Fatal("it was suspended without being asked to")
	}
	if done := change(console.Good, "approved", "suspend", "--reason", "fraud is looked into"); !done.Changed || show("approved").Status != kyc.Suspended || verified("approved") != 0 {
		t.Errorf("%+v %+v", done, show("approved"))
	}
	change(console.Wrong, "approved", "suspend", "--reason", "again")
	change(console.Good, "approved", "resume", "--reason", "it was nothing")
	if show("approved").Status != kyc.Approved || verified("approved") != 1 {
		t.Errorf("%+v", show("approved"))
	}
	for _, command := range [][]string{{"reopen", "draft"}, {"resume", "rejected"}, {"suspend", "new"}} {
		change(console.Wrong, command[1], command[0], "--reason", "x")
	}
	change(console.Good, "rejected", "reopen", "--reason", "the region is served now")
	if v := show("rejected"); v.Status != kyc.UnderReview || v.Lane != kyc.LaneSecondLook || v.DueAt == nil {
		t.Errorf("%+v", v)
	}
	history := l.central(t, "", "case", "history", show("rejected").Reference).want(t, console.Good).out
	for _, part := range []string{"reopen", "operator local run", "the region is served now", "region_not_served", "submit"} {
		if !strings.Contains(history, part) {
			t.Errorf("no %q in\n%s", part, history)
		}
	}
	if out := l.central(t, "", "account", "show", in["approved"].Email).want(t, console.Good).out; !strings.Contains(out, "case_resumed by local run: it was nothing") {
		t.Error(out)
	}
}

// checkCaseExport gives a document two pages, as the function that renders them does, and reads them back.
func checkCaseExport(t *testing.T, l local, v caseView) {
	k, err := l.store.OneCase(t.Context(), v.Account, v.No)
	if err != nil {
		t.Fatal(err)
	}
	doc, pages := k.Documents[0], []string{"the first page", "the second"}
	hashes := make([]string, len(pages))
	for i, text := range pages {
		sum := sha256.Sum256([]byte(text))
		hashes[i] = hex.EncodeToString(sum[:])
		if _, err := l.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &l.sys.Bucket, Key: new(kyc.PageKey(v.Account, doc.FileCase(), doc.ID, i+1)), Body: strings.NewReader(text)}); err != nil {
			t.Fatal(err)
		}
	}
	l.setPages(t, k, doc, hashes)
	file := filepath.Join(t.TempDir(), "case.zip")
	var done caseExported
	l.central(t, "", "case", "export", v.Reference, "--to", file, "--json").want(t, console.Good).json(t, &done)
	if done.Pages < 2 || done.Records < 3 || done.Reference != v.Reference {
		t.Errorf("%+v", done)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	content := unzipped(t, file)
	if string(content["pages/"+doc.ID+"/2.jpg"]) != "the second" || !bytes.Contains(content["case.json"], []byte(v.Reference)) || !bytes.Contains(content["history.json"], []byte("manipulated")) {
		t.Errorf("%v", content)
	}
	sums := 0
	for lines := bufio.NewScanner(bytes.NewReader(content["SHA256SUMS"])); lines.Scan(); sums++ {
		hash, name, _ := strings.Cut(lines.Text(), "  ")
		if sum := sha256.Sum256(content[name]); hex.EncodeToString(sum[:]) != hash {
			t.Errorf("%s has another hash", name)
		}
	}
	if sums != len(content)-1 {
		t.Errorf("%d sums of %d files", sums, len(content))
	}
	l.central(t, "", "case", "export", v.Reference, "--to", file).want(t, console.Wrong) // it exists
	l.central(t, "", "case", "export", v.Reference).want(t, console.Usage)

	hashes[1] = hashes[0]
	l.setPages(t, k, doc, hashes)
	other := filepath.Join(t.TempDir(), "other.zip")
	l.central(t, "", "case", "export", v.Reference, "--to", other).want(t, console.Wrong)
	if left, err := os.ReadDir(filepath.Dir(other)); err != nil || len(left) != 0 {
		t.Errorf("a page that is another one left %v %v", left, err)
	}
}

func unzipped(t *testing.T, file string) map[string][]byte {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content := map[string][]byte{}
	for _, f := range r.File {
		if !f.Modified.After(time.Now().AddDate(-1, 0, 0)) {
			t.Errorf("%s is of %s", f.Name, f.Modified)
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if content[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return content
}

// setPages writes the hashes of a document's pages.
func (l local) setPages(t *testing.T, k kyc.Case, d kyc.Document, hashes []string) {
	t.Helper()
	key, err := attributevalue.MarshalMap(map[string]string{"pk": "account#" + string(k.AccountID), "sk": fmt.Sprintf("kyc#%04d#doc#%s", k.No, d.ID)})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := attributevalue.MarshalMap(map[string]any{":pages": hashes})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &l.sys.Users, Key: key, UpdateExpression: new("SET pages = :pages"), ExpressionAttributeValues: pages,
	}); err != nil {
		t.Fatal(err)
	}
}
