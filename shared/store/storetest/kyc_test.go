package storetest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// applicant is a member with a case in draft.
func applicant(t *testing.T, f Fixture, address string) (account.Profile, kyc.Case) {
	t.Helper()
	p := member(t, f, address)
	return p, begin(t, f, p)
}

// begin makes the account that of an individual, with a case in draft.
func begin(t *testing.T, f Fixture, p account.Profile) kyc.Case {
	t.Helper()
	f.set(t, p.ID, "profile", map[string]any{"type": "individual"})
	read, err := f.Case(t.Context(), p.ID)
	must(t, err)
	saved, err := f.SaveCase(t.Context(), read, edit(t, read, "ZZZPZ9999Z"))
	must(t, err)
	return saved
}

func edit(t *testing.T, read kyc.Case, pan string) kyc.Case {
	t.Helper()
	edited, err := read.Edit(kyc.Given{EntityType: "individual", Fields: map[string]string{
		"pan": pan, "legalName": "Zoya Zaveri", "addressLine1": "7 Station Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015",
	}}, account.Individual, now)
	must(t, err)
	return edited
}

// set changes attributes of an item of an account, as somebody does whose code is not here, such as a reviewer.
func (f Fixture) set(t *testing.T, id account.ID, sk string, attributes map[string]any) {
	t.Helper()
	key, err := attributevalue.MarshalMap(map[string]string{"pk": "account#" + string(id), "sk": sk})
	must(t, err)
	for name, value := range attributes {
		v, err := attributevalue.Marshal(value)
		must(t, err)
		_, err = f.DB.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &f.Users, Key: key, UpdateExpression: new("SET #a = :v"),
			ExpressionAttributeNames: map[string]string{"#a": name}, ExpressionAttributeValues: map[string]types.AttributeValue{":v": v},
		})
		must(t, err)
	}
}

func newDocument(t *testing.T, c kyc.Case, requirement, typ string) kyc.Document {
	t.Helper()
	d, err := kyc.NewDocument(c, kyc.Upload{
		Requirement: requirement, DocumentType: typ, FileName: "a.pdf", ContentType: "application/pdf", Size: 1000,
	}, token.NewID(), now)
	must(t, err)
	return d
}

// upload adds a document to the case as it is now.
func upload(t *testing.T, f Fixture, id account.ID, requirement, typ string) kyc.Document {
	t.Helper()
	c, err := f.Case(t.Context(), id)
	must(t, err)
	d := newDocument(t, c, requirement, typ)
	must(t, f.AddDocument(t.Context(), c, d))
	return d
}

func clean(d kyc.Document) kyc.Document {
	d.State, d.Key, d.VersionID, d.SHA256, d.CheckedAt, d.UploadedAt = kyc.DocClean, "vault/x", "v1", d.ID, now, now
	return d
}

// whole gives an account a case that lacks nothing.
func whole(t *testing.T, f Fixture, address string) (account.Profile, kyc.Case) {
	t.Helper()
	p, _ := applicant(t, f, address)
	must(t, f.FinishDocument(t.Context(), p.ID, 1, clean(upload(t, f, p.ID, "entity_pan", "pan_card"))))
	must(t, f.FinishDocument(t.Context(), p.ID, 1, clean(upload(t, f, p.ID, "personal_id", "passport"))))
	c, err := f.Case(t.Context(), p.ID)
	must(t, err)
	return p, c
}

// handed is a case that was handed in, with the record of it.
type handed struct {
	kyc.Case
	record kyc.Record
}

// person is an account as applicant makes it.
var person = account.Profile{Details: account.Details{Type: account.Individual}}

func submit(t *testing.T, c kyc.Case, reference string) handed {
	t.Helper()
	submitted, record, err := c.Submit(person, reference, now)
	must(t, err)
	return handed{submitted, record}
}

func TestCases(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		handIn := func(read kyc.Case, submitted handed) error {
			return f.SubmitCase(t.Context(), read, submitted.Case, submitted.record, person, seen("kyc_submitted"))
		}
		t.Run("a case comes back as it was written, and the profile says that it is there", func(t *testing.T) {
			p, c := applicant(t, f, "case@example.com")
			d := upload(t, f, p.ID, "entity_pan", "epan")
			got, err := f.Case(t.Context(), p.ID)
			must(t, err)
			if got.No != 1 || got.Version != c.Version+1 || got.Status != kyc.Draft || got.Fields["pan"] != "ZZZPZ9999Z" || len(got.Documents) != 1 || !reflect.DeepEqual(got.Documents[0], d) {
				t.Errorf("got %+v", got)
			}
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if p.KYC != "draft" || p.KYCCase != 1 {
				t.Errorf("the profile says %s, case %d", p.KYC, p.KYCCase)
			}
		})
		t.Run("of 16 who begin or change a case at once one is the first", func(t *testing.T) {
			p := member(t, f, "begin@example.com")
			read, err := f.Case(t.Context(), p.ID)
			must(t, err)
			for range 2 {
				wantOneWinner(t, atOnce(16, func(int) error {
					_, err := f.SaveCase(t.Context(), read, edit(t, read, "ZZZPZ9999Z"))
					return err
				}), account.ErrBusy)
				read, err = f.Case(t.Context(), p.ID)
				must(t, err)
			}
		})
		t.Run("the next case goes on counting versions, and knows what the last one has left in storage", func(t *testing.T) {
			p, _ := applicant(t, f, "next@example.com")
			gone := upload(t, f, p.ID, "entity_pan", "epan")
			c, err := f.Case(t.Context(), p.ID)
			must(t, err)
			must(t, f.RemoveDocument(t.Context(), c, gone.ID, now))
			f.set(t, p.ID, "kyc#0001", map[string]any{"status": "rejected"})
			read, err := f.Case(t.Context(), p.ID)
			must(t, err)
			saved, err := f.SaveCase(t.Context(), read, edit(t, read, "AAAPL1234C"))
			must(t, err)
			for range 2 {
				if saved.No != 2 || saved.Version != read.Version+1 || len(saved.Documents) != 0 || len(saved.Unpurged()) != 1 || saved.Unpurged()[0].ID != gone.ID {
					t.Errorf("%+v", saved)
				}
				saved, err = f.Case(t.Context(), p.ID)
				must(t, err)
			}
		})
		t.Run("a case is submitted once, as it was evaluated, and then nothing of it changes", func(t *testing.T) {
			p, evaluated := whole(t, f, "submit@example.com")
			submitted := submit(t, evaluated, "K7M2-9QXD")
			late := upload(t, f, p.ID, "entity_pan", "epan")
			want(t, handIn(evaluated, submitted), account.ErrBusy)

			evaluated, err := f.Case(t.Context(), p.ID)
			must(t, err)
			wantOneWinner(t, atOnce(16, func(int) error { return handIn(evaluated, submitted) }), account.ErrBusy)
			want(t, f.FinishDocument(t.Context(), p.ID, 1, clean(late)), kyc.ErrLocked)
			want(t, f.DocumentUploaded(t.Context(), p.ID, 1, late.ID, now), kyc.ErrLocked)
			locked, err := f.Case(t.Context(), p.ID)
			must(t, err)
			want(t, f.RemoveDocument(t.Context(), locked, late.ID, now), account.ErrBusy)
			want(t, f.AddDocument(t.Context(), locked, kyc.Document{ID: token.NewID(), CaseNo: 1, CreatedAt: now}), account.ErrBusy)
			_, err = f.SaveCase(t.Context(), locked, edit(t, evaluated, "AAAPL1234C"))
			want(t, err, account.ErrBusy)
			if locked.Status != kyc.Submitted || locked.Round != 1 || locked.Reference != "K7M2-9QXD" || locked.HandedIn.EntityType != "individual" ||
				locked.HandedIn.Fields["pan"] != "ZZZPZ9999Z" {
				t.Errorf("it was handed in as %+v", locked)
			}
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if account.Next(p) == account.StepKYC || p.KYC != "submitted" {
				t.Errorf("the profile says %s", p.KYC)
			}
			waiting, err := f.Waiting(t.Context())
			must(t, err)
			told := slices.DeleteFunc(waiting, func(q store.Queued) bool { return q.Account != string(p.ID) || q.Kind != message.KYCSubmitted })
			if len(told) != 1 || !strings.HasSuffix(told[0].ID, submitted.record.ID) {
				t.Errorf("of 17 who handed it in one did, and its holder gets %+v", told)
			}
		})
		t.Run("a case is not submitted for an account whose type has changed", func(t *testing.T) {
			p, evaluated := whole(t, f, "changed@example.com")
			f.set(t, p.ID, "profile", map[string]any{"type": "company"})
			want(t, handIn(evaluated, submit(t, evaluated, "CCCC-0001")), account.ErrBusy)
			if got, err := f.Case(t.Context(), p.ID); err != nil || got.Status != kyc.Draft || got.Version != evaluated.Version {
				t.Errorf("%+v, %v", got, err)
			}
		})
		t.Run("no two cases have the same reference", func(t *testing.T) {
			first, one := whole(t, f, "first@example.com")
			other, two := whole(t, f, "second@example.com")
			must(t, handIn(one, submit(t, one, "0000-0000")))
			want(t, handIn(two, submit(t, two, "0000-0000")), account.ErrBusy)
			if got, err := f.Case(t.Context(), other.ID); err != nil || got.Status != kyc.Draft {
				t.Errorf("the second was submitted: %s, %v", got.Status, err)
			}
			if id, no, found, err := f.CaseOf(t.Context(), "0000-0000"); id != first.ID || no != 1 || !found || err != nil {
				t.Errorf("the reference leads to %s, case %d: %v, %v", id, no, found, err)
			}
			if _, _, found, err := f.CaseOf(t.Context(), "ZZZZ-ZZZZ"); found || err != nil {
				t.Errorf("nobody's reference was found: %v", err)
			}
		})
		t.Run("a round that was answered is kept, and the case goes on without its flags", func(t *testing.T) {
			p, read := whole(t, f, "round@example.com")
			must(t, handIn(read, submit(t, read, "RRRR-0001")))
			f.set(t, p.ID, "kyc#0001", map[string]any{
				"status": "needs_info", "flags": map[string]map[string]string{"/fields/pan": {"code": "unclear", "detail": "Whose PAN is it?"}},
			})
			read, err := f.Case(t.Context(), p.ID)
			must(t, err)
			answered, err := read.Patch(kyc.Patch{Answers: map[string]*string{"/fields/pan": new("It is mine.")}}, account.Individual, now)
			must(t, err)
			_, err = f.SaveCase(t.Context(), read, answered)
			must(t, err)
			read, err = f.Case(t.Context(), p.ID)
			must(t, err)
			if read.Answers["/fields/pan"] != "It is mine." || read.Flags["/fields/pan"].Code != "unclear" || read.HandedIn.Fields["pan"] != "ZZZPZ9999Z" {
				t.Errorf("the answer was kept as %+v", read)
			}
			must(t, handIn(read, submit(t, read, "RRRR-0002")))
			read, err = f.Case(t.Context(), p.ID)
			must(t, err)
			if len(read.Flags) != 0 || len(read.Answers) != 0 || read.Reference != "RRRR-0001" || read.Round != 2 {
				t.Errorf("it was handed in again as %+v", read)
			}
			rounds, err := f.Rounds(t.Context(), p.ID, 1)
			must(t, err)
			if len(rounds) != 1 || rounds[0].No != 1 || rounds[0].Flags["/fields/pan"].Detail != "Whose PAN is it?" || rounds[0].Answers["/fields/pan"] != "It is mine." ||
				rounds[0].HandedIn.Fields["pan"] != "ZZZPZ9999Z" || !rounds[0].At.Equal(now) {
				t.Errorf("kept: %+v", rounds)
			}
			erased, err := f.EraseCases(t.Context(), p.ID)
			must(t, err)
			cases, err := f.Cases(t.Context(), p.ID)
			must(t, err)
			rounds, err = f.Rounds(t.Context(), p.ID, 1)
			must(t, err)
			if erased != 14 || len(cases) != 0 || len(rounds) != 0 { // the case, two documents, two records, the reference, the round, three events, the traces of two files and a PAN, and their list
				t.Errorf("%d items erased; left: %d cases, %d rounds", erased, len(cases), len(rounds))
			}
			if _, _, found, err := f.CaseOf(t.Context(), "RRRR-0001"); found || err != nil {
				t.Errorf("the reference is still there: %v", err)
			}
		})
	})
}
