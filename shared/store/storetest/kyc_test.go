package storetest

import (
	"errors"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// draft gives an account a case in draft.
func draft(t *testing.T, f Fixture, p account.Profile) kyc.Case {
	t.Helper()
	read, err := f.Case(t.Context(), p.ID)
	must(t, err)
	edited, err := read.Edit("individual", account.Individual, map[string]string{"pan": "ZZZPZ9999Z"}, now)
	must(t, err)
	saved, err := f.SaveCase(t.Context(), read, edited)
	must(t, err)
	return saved
}

func upload(t *testing.T, f Fixture, c kyc.Case, requirement string) kyc.Document {
	t.Helper()
	d, err := kyc.NewDocument(c, kyc.Upload{Requirement: requirement, FileName: "a.pdf", ContentType: "application/pdf", Size: 1000}, token.NewID(), now)
	must(t, err)
	must(t, f.AddDocument(t.Context(), c, d))
	return d
}

func clean(d kyc.Document) kyc.Document {
	d.State, d.Key, d.VersionID, d.SHA256, d.CheckedAt, d.UploadedAt = kyc.DocClean, "vault/x", "v1", "00", now, now
	return d
}

func TestKYC(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("a case comes back as it was written, and the profile says that it is there", func(t *testing.T) {
			p := member(t, f, "case@example.com")
			c := draft(t, f, p)
			d := upload(t, f, c, "entity_pan")
			got, err := f.Case(t.Context(), p.ID)
			must(t, err)
			if got.No != 1 || got.Status != kyc.Draft || got.Fields["pan"] != "ZZZPZ9999Z" || len(got.Documents) != 1 || got.Documents[0] != d {
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
					edited, err := read.Edit("individual", account.Individual, nil, now)
					must(t, err)
					_, err = f.SaveCase(t.Context(), read, edited)
					return err
				}), account.ErrBusy)
				read, err = f.Case(t.Context(), p.ID)
				must(t, err)
			}
		})
		t.Run("a document is finished once, whatever the number of events", func(t *testing.T) {
			p := member(t, f, "finish@example.com")
			c := draft(t, f, p)
			d := upload(t, f, c, "entity_pan")
			must(t, f.DocumentUploaded(t.Context(), p.ID, c.No, d.ID, now))
			wantOneWinner(t, atOnce(16, func(int) error { return f.FinishDocument(t.Context(), p.ID, c.No, clean(d)) }), store.ErrDocumentDone)
			must(t, f.DocumentUploaded(t.Context(), p.ID, c.No, d.ID, now.Add(time.Hour)))
			got, err := f.Document(t.Context(), p.ID, c.No, d.ID)
			must(t, err)
			if got.State != kyc.DocClean || got.VersionID != "v1" {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("a case is submitted once, as it was evaluated, and then nothing of it changes", func(t *testing.T) {
			p := member(t, f, "submit@example.com")
			c := draft(t, f, p)
			for _, requirement := range []string{"entity_pan", "personal_id"} {
				must(t, f.FinishDocument(t.Context(), p.ID, c.No, clean(upload(t, f, c, requirement))))
			}
			evaluated, err := f.Case(t.Context(), p.ID)
			must(t, err)
			submitted, err := evaluated.Submit(now)
			must(t, err)

			late := upload(t, f, c, "entity_pan")
			want(t, f.SubmitCase(t.Context(), evaluated, submitted, seen("kyc_submitted")), account.ErrBusy)

			evaluated, err = f.Case(t.Context(), p.ID)
			must(t, err)
			wantOneWinner(t, atOnce(16, func(int) error {
				return f.SubmitCase(t.Context(), evaluated, submitted, seen("kyc_submitted"))
			}), account.ErrBusy)
			want(t, f.FinishDocument(t.Context(), p.ID, c.No, clean(late)), kyc.ErrLocked)
			want(t, f.RemoveDocument(t.Context(), c, late.ID, now), kyc.ErrLocked)
			if err := f.AddDocument(t.Context(), c, kyc.Document{ID: token.NewID(), CreatedAt: now}); !errors.Is(err, kyc.ErrLocked) {
				t.Errorf("a document was added to a submitted case: %v", err)
			}
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if account.Next(p) == account.StepKYC || p.KYC != "submitted" {
				t.Errorf("the profile says %s", p.KYC)
			}
		})
		t.Run("an answer lost after the commit is no failure", func(t *testing.T) {
			p := member(t, f, "lostcase@example.com")
			c := draft(t, f, p)
			s, hits := f.WithFault(t, "TransactWriteItems", LostAnswer, 1)
			d, err := kyc.NewDocument(c, kyc.Upload{Requirement: "entity_pan", FileName: "a.pdf", ContentType: "application/pdf", Size: 1000}, token.NewID(), now)
			must(t, err)
			must(t, s.AddDocument(t.Context(), c, d))
			if hits.Load() != 1 {
				t.Error("no answer was lost")
			}
		})
	})
}
