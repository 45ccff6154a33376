package main

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
)

var errNothingApproved = fault.New(fault.Conflict, "kyc_not_approved", "There is no approved case in force, so there is nothing to sum up yet.")

// summary says what is verified about the holder, for whoever asks them for it: a telecom partner, an auditor. It is of the approved case in
// force, whatever came after it.
func (h *handler) summary(ctx context.Context, c *httpapi.Call) (httpapi.File, error) {
	verified := c.Profile.Verified
	if verified.CaseNo == 0 || !c.Now.Before(verified.Until) {
		return httpapi.File{}, errNothingApproved
	}
	if _, err := c.Take(ctx, limit.PaperAccount.By(string(c.Profile.ID))); err != nil {
		return httpapi.File{}, err
	}
	found, err := h.store.OneCase(ctx, c.Profile.ID, verified.CaseNo)
	if err != nil {
		return httpapi.File{}, err
	}
	if !found.Status.InForce() { // it was suspended since the profile was read
		return httpapi.File{}, errNothingApproved
	}
	pdf, err := summaryOf(found, c.Profile, c.Now)
	return httpapi.File{Name: "kyc-summary.pdf", Type: "application/pdf", Body: pdf}, err
}

// Columns of the tables, in mm; together they are as wide as the text.
var (
	factColumns     = []float64{50, 110}
	documentColumns = []float64{42, 48, 70}
)

func summaryOf(c kyc.Case, p account.Profile, now time.Time) ([]byte, error) {
	s := newSheet("Summary of a verified account", margin)
	s.write(titleSize, "Summary of a verified account")
	s.gap(paragraphGap)
	s.write(textSize, "What Central has verified about the holder of an account, by review of the documents below. As of "+dateOf(now)+".")
	s.gap(paragraphGap)
	cat, _ := kyc.Version(c.Catalogue) // every version that a case has begun with is kept
	et, _ := cat.EntityType(c.EntityType)
	for _, fact := range factsOf(c, p, et) {
		s.rowOf(fact[:], factColumns, 0)
	}
	s.gap(2 * paragraphGap)
	s.rowOf([]string{"Document", "File", "SHA-256"}, documentColumns, 0)
	for _, d := range c.Documents {
		if d.State == kyc.DocAccepted {
			s.rowOf([]string{titleOf(et, d), d.FileName, d.SHA256}, documentColumns, 0)
		}
	}
	s.gap(2 * paragraphGap)
	s.write(smallSize, "Verified by document review: reviewers compared what the holder stated with these documents. No register was asked. A file is the one that was reviewed where "+
		"its SHA-256 is the same. The verification holds until the date above, unless it is suspended before.")
	return s.pdf()
}

// factsOf are the rows of the summary: what was asked of the entity type and given, and what became of the case.
func factsOf(c kyc.Case, p account.Profile, et kyc.EntityType) [][2]string {
	rows := [][2]string{{"Legal name", facts(c, p)["legalName"]}, {"Entity type", et.Name}}
	for _, f := range et.Fields {
		if value := c.Fields[f.Name]; value != "" && f.Name != "legalName" {
			rows = append(rows, [2]string{f.Label, value})
		}
	}
	if p.Phone != (account.Phone{}) {
		rows = append(rows, [2]string{"Phone, proven by a code", p.Phone.Number.E164()})
	}
	return append(rows, [2]string{"Email, proven by a link", p.Email.String()}, [2]string{"Reference", c.Reference},
		[2]string{"Approved on", dateOf(c.ApprovedAt)}, [2]string{"Valid until", dateOf(c.ValidUntil)})
}

// titleOf is what a document is; of old ones only the requirement is known.
func titleOf(et kyc.EntityType, d kyc.Document) string {
	r, _ := et.Requirement(d.Requirement)
	for _, o := range r.Options {
		if o.ID == d.Type {
			return o.Title
		}
	}
	return r.Title
}
