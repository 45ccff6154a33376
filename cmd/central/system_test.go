package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/doctor"
	"phonon.in/central/cmd/central/seed"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

func (l local) login(t *testing.T, email string) (int, string) {
	t.Helper()
	var answer struct{ Code, Session string }
	status := l.call(t, "POST", "/v1/login", `{"email": "`+email+`", "password": "`+seed.Password+`", "transport": "bearer"}`, &answer)
	return status, answer.Code + answer.Session
}

func (l local) fault(t *testing.T, text string) {
	t.Helper()
	if status := l.call(t, "PUT", "/_local/faults", text, nil); status != http.StatusOK {
		t.Fatalf("the fault was answered %d", status)
	}
}

func TestDoctorOfALocalRun(t *testing.T) {
	l := startLocal(t)
	ttl := func(on bool) {
		_, err := l.db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
			TableName: &l.sys.Tokens, TimeToLiveSpecification: &ddb.TimeToLiveSpecification{AttributeName: aws.String("expiresAt"), Enabled: &on},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		what         string
		flags        []string
		break_, mend func()
		fail         []string
	}{
		{what: "nothing is wrong"},
		{what: "another bucket", flags: []string{"--uploads-bucket", "central-elsewhere"}, fail: []string{"bucket"}},
		{what: "another table", flags: []string{"--users-table", "elsewhere"}, fail: []string{"users-table"}},
		{what: "another secret", flags: []string{"--secret-id", "elsewhere"}, fail: []string{"secret"}},
		{what: "another signing secret", flags: []string{"--signing-secret-id", "elsewhere"}, fail: []string{"signing-keys"}},
		{what: "another public URL", flags: []string{"--public-url", "http://127.0.0.1:1"}, fail: []string{"bucket-cors", "discovery", "health", "notice"}},
		{what: "no time to live", break_: func() { ttl(false) }, mend: func() { ttl(true) }, fail: []string{"tokens-table-ttl"}},
		{what: "a secret store that fails", break_: func() { l.fault(t, `{"service": "secretsmanager", "mode": "500"}`) },
			mend: func() { l.call(t, "DELETE", "/_local/faults", "", nil) }, fail: []string{"secret", "signing-keys"}},
		{what: "nothing is wrong again"},
	} {
		t.Run(row.what, func(t *testing.T) {
			if row.break_ != nil {
				row.break_()
				defer row.mend()
			}
			var found []doctor.Finding
			code := console.Good
			if row.fail != nil {
				code = console.Wrong
			}
			l.central(t, "", append([]string{"doctor", "--json"}, row.flags...)...).want(t, code).json(t, &found)
			var failed []string
			for _, f := range found {
				if f.State == doctor.Fail {
					failed = append(failed, f.Name)
				}
				if f.State == "" || f.Found == "" {
					t.Errorf("no answer: %+v", f)
				}
			}
			slices.Sort(failed)
			if !slices.Equal(failed, row.fail) || len(found) != doctor.Checks() {
				t.Errorf("%v failed, want %v; %d lines", failed, row.fail, len(found))
			}
		})
	}
	r := l.central(t, "", "doctor").want(t, console.Good)
	if !strings.Contains(r.out, "ok    health") || !strings.Contains(r.out, "0 FAIL") || strings.Count(r.out, "\nskip ") != 1 || !strings.Contains(r.out, "only AWS has what they look at") {
		t.Error(r.out)
	}
	var found []doctor.Finding
	if l.central(t, "", "doctor", "--json").want(t, console.Good).json(t, &found); !strings.Contains(r.out, fmt.Sprintf(", %d skip\n", doctor.Count(found, doctor.Skip))) {
		t.Errorf("%d were skipped, and it says\n%s", doctor.Count(found, doctor.Skip), r.out)
	}
}

func TestAnAccountIsShownDisabledAndEnabled(t *testing.T) {
	l := startLocal(t)
	who := demoAccounts(t, l, 2)[1]
	var v accountView
	shown := l.central(t, "", "account", "show", who.Email, "--json").want(t, console.Good)
	shown.json(t, &v)
	if v.Email != "d***@example.com" || v.KYC != "submitted" || v.Sessions != 1 || v.LastActivity == nil || v.FirstName != "" || strings.Contains(shown.out, who.Email) {
		t.Errorf("%s", shown.out)
	}
	l.central(t, "", "account", "show", string(v.ID), "--reveal", "--json").want(t, console.Good).json(t, &v)
	if v.Email != who.Email || !strings.HasPrefix(v.Phone, "+91265") || v.FirstName != "Demo" {
		t.Errorf("%+v", v)
	}
	l.central(t, "", "account", "disable", who.Email, "--reason", "a test").want(t, console.Wrong) // nobody said yes
	var done console.Audit
	l.central(t, "", "account", "disable", who.Email, "--reason", "a test", "--dry-run", "--json").want(t, console.Good).json(t, &done)
	if status, _ := l.login(t, who.Email); status != http.StatusOK || done.Changed || !done.DryRun {
		t.Fatalf("it was disabled without a yes: %d, %+v", status, done)
	}
	if n := len(l.items(t, "account#"+string(v.ID), "session#")); n == 0 {
		t.Fatal("there is no session to end")
	}
	l.central(t, "yes\n", "account", "disable", who.Email, "--reason", "a test", "--json").want(t, console.Good).json(t, &done)
	if n := len(l.items(t, "account#"+string(v.ID), "session#")); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	if status, code := l.login(t, who.Email); status != http.StatusForbidden || code != "account_disabled" || !done.Changed || done.Reason != "a test" || done.By != "local run" {
		t.Errorf("login answered %d %s; %+v", status, code, done)
	}
	l.central(t, "", "account", "disable", who.Email, "--reason", "again", "--yes", "--json").want(t, console.Good).json(t, &done)
	if done.Changed {
		t.Error("it was disabled twice")
	}
	if text := l.central(t, "", "account", "show", who.Email).want(t, console.Good).out; !strings.Contains(text, "account_disabled by local run: a test") {
		t.Error(text)
	}
	l.central(t, "", "account", "enable", who.Email, "--yes").want(t, console.Good)
	if status, _ := l.login(t, who.Email); status != http.StatusOK {
		t.Errorf("login answered %d", status)
	}
	for _, nobody := range []string{"nobody@example.com", "AAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		l.central(t, "", "account", "show", nobody).want(t, console.Wrong)
	}
	l.central(t, "", "account", "show", "no@address@here").want(t, console.Usage)
}

func TestAccountsAreListedByWhatTheirNamesBeginWith(t *testing.T) {
	l := startLocal(t)
	made := demoAccounts(t, l, 3)
	list := func(flags ...string) accountList {
		t.Helper()
		var all accountList
		l.central(t, "", append([]string{"account", "list", "--json"}, flags...)...).want(t, console.Good).json(t, &all)
		return all
	}
	var who accountView
	l.central(t, "", "account", "show", made[2].Email, "--reveal", "--json").want(t, console.Good).json(t, &who)
	if who.Phone == "" {
		t.Fatalf("%+v", who)
	}
	for _, flags := range [][]string{
		{"--email", strings.ToUpper(made[2].Email[:len(made[2].Email)-5])}, {"--phone", who.Phone[3:]}, {"--phone", who.Phone[:7] + " " + who.Phone[7:]},
		{"--id", strings.ToLower(string(who.ID)[:20])}, {"--email", made[2].Email, "--phone", "+91", "--id", string(who.ID)},
	} {
		if all := list(append(flags, "--reveal")...); len(all.Accounts) != 1 || all.Accounts[0].ID != who.ID || all.Accounts[0].Email != who.Email || all.Accounts[0].Phone != who.Phone || all.Next != "" {
			t.Errorf("%v: %+v", flags, all)
		}
	}
	for _, flags := range [][]string{{"--email", "nobody-is-called-so"}, {"--phone", "+44"}, {"--email", made[2].Email, "--id", "ZZZZ"}} {
		if all := list(flags...); len(all.Accounts) != 0 || all.Next != "" {
			t.Errorf("%v: %+v", flags, all)
		}
	}
	whole := list()
	var pages []account.ID
	for next, n := account.ID(""), 0; n == 0 || next != ""; n++ {
		page := list("--limit", "1", "--after", string(next))
		for _, a := range page.Accounts {
			pages = append(pages, a.ID)
		}
		next = page.Next
	}
	if len(whole.Accounts) < 3 || len(pages) != len(whole.Accounts) || !slices.Contains(pages, who.ID) {
		t.Errorf("%d accounts at once, %d one by one", len(whole.Accounts), len(pages))
	}
	if text := l.central(t, "", "account", "list", "--email", "demo", "--limit", "1").want(t, console.Good).out; !strings.Contains(text, "d***@example.com") || strings.Contains(text, "demo") || !strings.Contains(text, "There are more: --after ") {
		t.Error(text)
	}
}

func TestWhatARunHasLeftIsReadWithoutStartingIt(t *testing.T) {
	startLocal(t) // it builds the programs
	project, above := t.TempDir(), filepath.Join("..", "..")
	for _, name := range []string{"go.mod", "template.yaml", ".local/tools", ".local/bin/local", "shared/sms/templates.json"} {
		from, err := filepath.Abs(filepath.Join(above, name))
		if name == ".local/bin/local" {
			from = filepath.Join(run.folder, "local")
		}
		to := filepath.Join(project, name)
		if err = errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700), os.Symlink(from, to)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(project, ".local", "dynamo.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first leaves nothing running
		var out, said bytes.Buffer
		c := &where.Call{Console: &console.Console{Out: &out, Err: &said, Now: time.Now}, Here: project, Getenv: func(name string) string { return map[string]string{"PORT": "1"}[name] }}
		if code := c.Run(t.Context(), root(c), []string{"account", "list"}); code != console.Good || out.String() != "no accounts\n" || !strings.Contains(said.String(), "its engines run for this command") {
			t.Fatalf("exit %d, %q, said %q", code, &out, &said)
		}
	}
	if _, err := os.Stat(filepath.Join(project, ".local", "run.json")); err == nil {
		t.Error("it says that it still runs")
	}
}

func TestAnAccountIsFoundByItsNumberAndItsReference(t *testing.T) {
	l := startLocal(t)
	who := demoAccounts(t, l, 1)[0]
	var v, found accountView
	l.central(t, "", "account", "show", who.Email, "--reveal", "--json").want(t, console.Good).json(t, &v)
	l.central(t, "", "account", "find", "0"+v.Phone[3:8]+" "+v.Phone[8:], "--json").want(t, console.Good).json(t, &found)
	if found.ID != v.ID {
		t.Errorf("%+v", found)
	}
	if r := l.central(t, "", "account", "show", "+919000000009").want(t, console.Wrong); !strings.Contains(r.err, "no account has proven the number +919000000009") {
		t.Error(r.err)
	}
	if r := l.central(t, "", "account", "show", "zzzz-zzzz").want(t, console.Wrong); !strings.Contains(r.err, "no reference of any") {
		t.Error(r.err)
	}
	put := func(item map[string]ddb.AttributeValue) {
		t.Helper()
		if _, err := l.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &l.sys.Users, Item: item}); err != nil {
			t.Fatal(err)
		}
	}
	text := func(s string) ddb.AttributeValue { return &ddb.AttributeValueMemberS{Value: s} }
	handedIn, err := l.store.Case(t.Context(), account.ID(v.ID))
	if err != nil || handedIn.Reference == "" {
		t.Fatalf("%+v %v", handedIn, err)
	}
	for _, heard := range []string{handedIn.Reference, " " + strings.ToLower(strings.ReplaceAll(handedIn.Reference, "-", " ")), strings.ReplaceAll(handedIn.Reference, "0", "o")} {
		if l.central(t, "", "account", "show", heard, "--json").want(t, console.Good).json(t, &found); found.ID != v.ID {
			t.Errorf("%q: %+v", heard, found)
		}
	}
	put(map[string]ddb.AttributeValue{"pk": text("phone#+919000000008"), "sk": text("claim"), "accounts": &ddb.AttributeValueMemberSS{Value: []string{"A", "B"}}})
	if r := l.central(t, "", "account", "show", "9000000008").want(t, console.Wrong); !strings.Contains(r.err, "2 accounts have proven the number +919000000008; name one by its id: [A B]") {
		t.Error(r.err)
	}
}

func TestDeadMessagesAreTriedAgain(t *testing.T) {
	l := startLocal(t)
	now := time.Now().UTC()
	bury := func(to string, notAfter time.Time) message.Message {
		m := message.Message{ID: token.NewID(), Kind: message.PasswordChanged, To: to, Locale: "en", Refs: []string{}, CreatedAt: now.Add(-time.Hour), NotAfter: notAfter}
		if err := l.store.MessageDead(t.Context(), m, "refused by the carrier", now); err != nil {
			t.Fatal(err)
		}
		return m
	}
	to := "useful-" + strings.ToLower(token.NewID()) + "@example.com"
	useful, useless := bury(to, now.Add(time.Hour)), bury("useless@example.com", now.Add(-time.Minute))
	dead := func() (found []string) {
		var list []queuedView
		l.central(t, "", "outbox", "list", "--dead", "--json").want(t, console.Good).json(t, &list)
		for _, v := range list {
			if found = append(found, v.ID); v.Reason == "" || v.To != "u***@example.com" {
				t.Errorf("%+v", v)
			}
		}
		return found
	}
	if found := dead(); !slices.Contains(found, useful.ID) || !slices.Contains(found, useless.ID) {
		t.Errorf("%v are dead", found)
	}
	l.central(t, "", "outbox", "retry", "unknown", "--yes").want(t, console.Wrong)
	l.central(t, "no\n", "outbox", "retry", useful.ID).want(t, console.Wrong)
	var done retried
	l.central(t, "", "outbox", "retry", "--all-dead", "--dry-run", "--json").want(t, console.Good).json(t, &done)
	if len(done.Queued) != 1 || !done.DryRun {
		t.Errorf("%+v", done)
	}
	l.central(t, "", "outbox", "retry", "--all-dead", "--yes", "--json").want(t, console.Good).json(t, &done)
	if !slices.Equal(done.Queued, []string{useful.ID}) || !slices.Contains(done.Useless, useless.ID) {
		t.Errorf("%+v", done)
	}
	if text := l.central(t, "", "outbox", "list").want(t, console.Good).out; !strings.Contains(text, useful.ID) {
		t.Error(text)
	}
	if status := l.call(t, "POST", "/_local/schedule", "", nil); status != http.StatusOK {
		t.Fatalf("the schedule answered %d", status)
	}
	var mails []struct{ To string }
	if l.call(t, "GET", "/_local/messages?to="+to, "", &mails); len(mails) != 1 {
		t.Errorf("%d mails arrived", len(mails))
	}
	if text := l.central(t, "", "outbox", "list").want(t, console.Good).out; strings.Contains(text, useful.ID) {
		t.Error(text)
	}
}

func TestWhatWaitsForTheOperatorIsListedWithTheReason(t *testing.T) {
	l := startLocal(t)
	now := time.Now().UTC()
	m := message.Message{
		ID: token.NewID(), Kind: message.PasswordChanged, To: "held@example.com", Locale: "en", Refs: []string{}, CreatedAt: now, NotAfter: now.Add(time.Hour),
	}
	if err := l.store.QueueMessage(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Held, m.Attempts = "held: SES says MessageRejected, not verified", 3
	if err := l.store.MessageFailed(t.Context(), m, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	var list []queuedView
	l.central(t, "", "outbox", "list", "--json").want(t, console.Good).json(t, &list)
	i := slices.IndexFunc(list, func(v queuedView) bool { return v.ID == m.ID })
	if i < 0 || list[i].Reason != m.Held || list[i].Attempts != 3 || list[i].To != "h***@example.com" || list[i].DueAt == nil {
		t.Errorf("%+v", list)
	}
	if text := l.central(t, "", "outbox", "list").want(t, console.Good).out; !strings.Contains(text, m.Held) {
		t.Error(text)
	}
	l.central(t, "", "outbox", "retry", m.ID, "--yes").want(t, console.Wrong) // it is not dead: there is nothing to do but to mend
	if err := l.store.MessageDelivered(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func TestAnEventThatWaitsIsListed(t *testing.T) {
	l := startLocal(t)
	now := time.Now().UTC()
	m := event.NewAccountVerified(account.ID(token.NewID()), now).Message(now.Add(time.Hour))
	if err := l.store.QueueMessage(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	var list []queuedView
	l.central(t, "", "outbox", "list", "--json").want(t, console.Good).json(t, &list)
	i := slices.IndexFunc(list, func(v queuedView) bool { return v.ID == m.ID })
	if i < 0 || list[i].Kind != message.Event || list[i].To != "products" || !list[i].DueAt.Equal(m.Due.Truncate(time.Millisecond)) {
		t.Errorf("%+v", list)
	}
	if err := l.store.MessageDelivered(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func TestAPersonGetsAllTheirData(t *testing.T) {
	l := startLocal(t)
	who := demoAccounts(t, l, 1)[0]
	var v accountView
	l.central(t, "", "account", "show", who.Email, "--json").want(t, console.Good).json(t, &v)
	const gone = "GGGGGGGGGGGGGGGGGGGGGGGGGG"
	_, err := l.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &l.sys.Users, Item: map[string]ddb.AttributeValue{ // removed, and purged
		"pk": &ddb.AttributeValueMemberS{Value: "account#" + string(v.ID)}, "sk": &ddb.AttributeValueMemberS{Value: "kyc#0001#doc#" + gone},
		"state": &ddb.AttributeValueMemberS{Value: "superseded"}, "versionId": &ddb.AttributeValueMemberS{Value: "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
		"objectKey": &ddb.AttributeValueMemberS{Value: "vault/" + string(v.ID) + "/1/" + gone},
	}})
	if err != nil {
		t.Fatal(err)
	}
	app := oidc.App{Client: oidc.ClientID(token.NewID()), Scopes: []string{"openid"}}
	if _, err := l.store.AllowApp(t.Context(), v.ID, app, account.Consent{Document: "app", Version: "1", Locale: "en", AcceptedAt: time.Now()}, account.Activity{Kind: "app_allowed", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	to, documents := filepath.Join(folder, "export.json"), filepath.Join(folder, "documents")
	var done exported
	l.central(t, "", "export", who.Email, "--to", to, "--documents", documents, "--json").want(t, console.Good).json(t, &done)
	text, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	var all export
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if all.Account.Email != who.Email || len(all.Consents) != 4 || len(all.Apps) != 1 || all.Apps[0].Client != app.Client || len(all.Activity) < 3 || len(all.Sessions) != 1 || len(all.KYC) != 1 || len(all.Told) != 2 {
		t.Errorf("%s", text)
	}
	for _, secret := range []string{"argon2", "credentialVersion", "digest", "vault/"} {
		if strings.Contains(strings.ToLower(string(text)), strings.ToLower(secret)) {
			t.Errorf("%s is in the export", secret)
		}
	}
	if n := strings.Count(string(text), "sha256"); n != 2 { // of the notice that was accepted, and of nothing else
		t.Errorf("the export has %d digests", n)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if len(all.KYC[0].Reference) != 9 {
		t.Errorf("the reference is %q", all.KYC[0].Reference)
	}
	for _, d := range all.KYC[0].Documents {
		if d.ID == gone {
			if d.File != "" {
				t.Errorf("a removed document is said to be in %s", d.File)
			}
			continue
		}
		if body, err := os.ReadFile(filepath.Join(documents, d.File)); err != nil || !strings.HasPrefix(string(body), "%PDF-") || int64(len(body)) != d.Bytes {
			t.Errorf("%+v: %v", d, err)
		}
	}
	if done.Files != len(all.KYC[0].Documents)-1 || done.Files < 2 {
		t.Errorf("%+v", done)
	}
	l.central(t, "", "export", who.Email, "--to", to).want(t, console.Wrong) // it exists
}

func TestTermsOfASystemAreTheOnesThatItAsksFor(t *testing.T) {
	l := startLocal(t)
	text := filepath.Join(t.TempDir(), "terms.html")
	if err := os.WriteFile(text, []byte("<p>new</p>"), 0o600); err != nil {
		t.Fatal(err)
	}
	publish := []string{"terms", "publish", "2099-01-01", "--text", text, "--json"}
	var system, template publication
	l.central(t, "", publish...).want(t, console.Good).json(t, &system)
	central(t, "", publish...).want(t, console.Good).json(t, &template)
	if template.Current == "" || system.Current != template.Current {
		t.Errorf("%s, the template has %s", system.Current, template.Current)
	}
}
