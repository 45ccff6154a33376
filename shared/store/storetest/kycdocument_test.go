package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

func TestDocuments(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("a document is finished once, whatever the number of events", func(t *testing.T) {
			p, c := applicant(t, f, "finish@example.com")
			d := upload(t, f, p.ID, "entity_pan", "epan")
			must(t, f.DocumentUploaded(t.Context(), p.ID, c.No, d.ID, now))
			wantOneWinner(t, atOnce(16, func(int) error { return f.FinishDocument(t.Context(), p.ID, c.No, clean(d)) }), store.ErrDocumentDone)
			must(t, f.DocumentUploaded(t.Context(), p.ID, c.No, d.ID, now.Add(time.Hour)))
			got, err := f.Document(t.Context(), p.ID, c.No, d.ID)
			must(t, err)
			if got.State != kyc.DocClean || got.VersionID != "v1" {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("its pages are written once, and only while it is rendering", func(t *testing.T) {
			p, c := applicant(t, f, "pages@example.com")
			d := upload(t, f, p.ID, "entity_pan", "epan")
			rendered := clean(d)
			rendered.Pages, rendered.RenderedAt = []string{"aa", "bb"}, now
			if err := f.RenderDocument(t.Context(), p.ID, c.No, rendered); !errors.Is(err, store.ErrDocumentDone) {
				t.Errorf("before its check: %v", err)
			}
			must(t, f.DocumentScanning(t.Context(), p.ID, c.No, d.ID, now))
			must(t, f.DocumentUploaded(t.Context(), p.ID, c.No, d.ID, now.Add(time.Hour))) // the browser's word comes late
			checked := d
			checked.State, checked.Flattened, checked.CheckedAt, checked.UploadedAt, checked.ScannedAt = kyc.DocRendering, true, now, now, now
			checked.Origin = kyc.Origin{Program: "LibreOffice 7.4", Signature: kyc.SignatureIntact, Signer: "Asha Rao", Extended: true}
			must(t, f.FinishDocument(t.Context(), p.ID, c.No, checked))
			must(t, f.DocumentScanning(t.Context(), p.ID, c.No, d.ID, now)) // and so does the event of its arrival
			wantOneWinner(t, atOnce(8, func(int) error { return f.RenderDocument(t.Context(), p.ID, c.No, rendered) }), store.ErrDocumentDone)
			must(t, f.AddPages(t.Context(), p.ID, c.No, kyc.Document{ID: d.ID, VersionID: "v1", Pages: []string{"cc"}, RenderedAt: now}))
			got, err := f.Document(t.Context(), p.ID, c.No, d.ID)
			must(t, err)
			if got.State != kyc.DocClean || len(got.Pages) != 2 || got.Pages[1] != "bb" || !got.Flattened || got.Origin != checked.Origin || got.VersionID != "v1" || !got.RenderedAt.Equal(now) || !got.ScannedAt.Equal(now) {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("the clock looks for files of the same minutes at one time, and never before they are late", func(t *testing.T) {
			p, c := applicant(t, f, "together@example.com")
			looks := func(after time.Duration) bool {
				due, _, err := f.Ticking(t.Context(), now.Truncate(5*time.Minute).Add(after), "", 100)
				must(t, err)
				return slices.ContainsFunc(due, func(q store.QueuedCase) bool { return q.AccountID == p.ID && q.No == c.No })
			}
			for _, row := range []struct{ came, until, at time.Duration }{
				{time.Second, 19 * time.Minute, 20 * time.Minute}, {5 * time.Minute, 19 * time.Minute, 20 * time.Minute}, {5*time.Minute + time.Second, 24 * time.Minute, 25 * time.Minute},
			} {
				d := upload(t, f, p.ID, "entity_pan", "epan")
				must(t, f.DocumentUploaded(t.Context(), p.ID, c.No, d.ID, now.Truncate(5*time.Minute).Add(row.came)))
				if looks(row.until) || !looks(row.at) {
					t.Errorf("a file that came after %s: due after %s is %t, after %s %t", row.came, row.until, looks(row.until), row.at, looks(row.at))
				}
			}
		})
		t.Run("a document from before there were pages gets them in its version alone", func(t *testing.T) {
			p, c := applicant(t, f, "older@example.com")
			d := clean(upload(t, f, p.ID, "entity_pan", "epan"))
			must(t, f.FinishDocument(t.Context(), p.ID, c.No, d))
			for _, version := range []string{"v2", "v1"} {
				must(t, f.AddPages(t.Context(), p.ID, c.No, kyc.Document{ID: d.ID, VersionID: version, Pages: []string{version}, RenderedAt: now}))
			}
			got, err := f.Document(t.Context(), p.ID, c.No, d.ID)
			must(t, err)
			if got.State != kyc.DocClean || len(got.Pages) != 1 || got.Pages[0] != "v1" {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("whatever is shown of a document, its change is a new version of the case", func(t *testing.T) {
			p, c := applicant(t, f, "version@example.com")
			d := upload(t, f, p.ID, "entity_pan", "epan")
			must(t, f.DocumentUploaded(t.Context(), p.ID, 1, d.ID, now))
			must(t, f.FinishDocument(t.Context(), p.ID, 1, clean(d)))
			got, err := f.Case(t.Context(), p.ID)
			must(t, err)
			must(t, f.RemoveDocument(t.Context(), got, d.ID, now))
			got, err = f.Case(t.Context(), p.ID)
			must(t, err)
			if got.Version != c.Version+4 {
				t.Errorf("after four changes version %d became %d", c.Version, got.Version)
			}
		})
		t.Run("of 16 that are added to the case as it was read, one is", func(t *testing.T) {
			p, c := applicant(t, f, "add@example.com")
			wantOneWinner(t, atOnce(16, func(int) error { return f.AddDocument(t.Context(), c, newDocument(t, c, "entity_pan", "epan")) }), account.ErrBusy)
			got, err := f.Case(t.Context(), p.ID)
			must(t, err)
			if len(got.Documents) != 1 {
				t.Errorf("%d documents", len(got.Documents))
			}
		})
		t.Run("of 16 who remove a document as the case was read, one does, and it is due until it is purged", func(t *testing.T) {
			p, _ := applicant(t, f, "remove@example.com")
			d := upload(t, f, p.ID, "entity_pan", "epan")
			must(t, f.DocumentPurged(t.Context(), p.ID, d, now)) // it is not superseded: this notes nothing
			c, err := f.Case(t.Context(), p.ID)
			must(t, err)
			wantOneWinner(t, atOnce(16, func(int) error { return f.RemoveDocument(t.Context(), c, d.ID, now) }), account.ErrBusy)
			c, err = f.Case(t.Context(), p.ID)
			must(t, err)
			if due := c.Unpurged(); len(due) != 1 || due[0].ID != d.ID || due[0].CaseNo != 1 {
				t.Errorf("due: %+v", due)
			}
			for range 2 {
				must(t, f.DocumentPurged(t.Context(), p.ID, d, now))
			}
			must(t, f.DocumentPurged(t.Context(), p.ID, kyc.Document{ID: "NOBODYS", CaseNo: 1}, now))
			c, err = f.Case(t.Context(), p.ID)
			must(t, err)
			if len(c.Unpurged()) != 0 || len(c.Documents) != 1 {
				t.Errorf("after the purge: %+v", c.Documents)
			}
		})
		t.Run("a conflict that does not end in time is for the caller to try again on the fresh case", func(t *testing.T) {
			p, c := applicant(t, f, "conflict@example.com")
			d := upload(t, f, p.ID, "entity_pan", "epan")
			c.Version++
			s, _ := f.WithFault(t, "TransactWriteItems", Conflict, 1000)
			_, saved := s.SaveCase(t.Context(), c, edit(t, c, "AAAPL1234C"))
			for what, err := range map[string]error{
				"SaveCase": saved, "AddDocument": s.AddDocument(t.Context(), c, newDocument(t, c, "entity_pan", "epan")),
				"RemoveDocument":   s.RemoveDocument(t.Context(), c, d.ID, now),
				"DocumentUploaded": s.DocumentUploaded(t.Context(), p.ID, 1, d.ID, now),
			} {
				if !errors.Is(err, account.ErrBusy) {
					t.Errorf("%s: %v", what, err)
				}
			}
			s, hits := f.WithFault(t, "TransactWriteItems", Conflict, 3)
			must(t, s.RemoveDocument(t.Context(), c, d.ID, now))
			if hits.Load() != 3 {
				t.Errorf("%d conflicts", hits.Load())
			}
		})
		t.Run("an answer lost after the commit is no failure", func(t *testing.T) {
			_, c := applicant(t, f, "lostcase@example.com")
			s, hits := f.WithFault(t, "TransactWriteItems", LostAnswer, 1)
			must(t, s.AddDocument(t.Context(), c, newDocument(t, c, "entity_pan", "epan")))
			if hits.Load() != 1 {
				t.Error("no answer was lost")
			}
		})
	})
}
