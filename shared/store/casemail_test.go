package store

import (
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
)

func TestWhatHappensToACaseIsToldToItsHolderOnce(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	due, by, until := now.Add(48*time.Hour), now.AddDate(0, 0, 30), now.AddDate(2, 0, 0)
	verified := account.Verification{CaseNo: 2, Until: until}
	for name, c := range map[string]struct {
		c    kyc.Case
		kind string
		p    account.Profile
		want message.Kind
		date time.Time
	}{
		"handed in":                        {kyc.Case{Status: kyc.Submitted, Round: 1, DueAt: due}, "submit", account.Profile{}, message.KYCSubmitted, due},
		"handed in again":                  {kyc.Case{Status: kyc.Submitted, Round: 2, DueAt: due}, "submit", account.Profile{}, message.KYCAnswered, due},
		"handed in again after it was due": {kyc.Case{Status: kyc.Submitted, Round: 2, DueAt: now}, "submit", account.Profile{}, message.KYCAnswered, time.Time{}},
		"taken back":                       {kyc.Case{Status: kyc.Withdrawn, DueAt: due}, "withdraw", account.Profile{}, "", time.Time{}},
		"claimed":                          {kyc.Case{Status: kyc.UnderReview, DueAt: due}, "claim", account.Profile{}, "", time.Time{}},
		"a first of two decisions":         {kyc.Case{Status: kyc.UnderReview, DueAt: due}, kyc.RecordSecondLook, account.Profile{}, "", time.Time{}},
		"looked at":                        {kyc.Case{Status: kyc.UnderReview, DueAt: due}, kyc.RecordViewed, account.Profile{}, "", time.Time{}},
		"asked":                            {kyc.Case{Status: kyc.NeedsInfo, DueBy: by}, "question", account.Profile{}, message.KYCQuestion, by},
		"approved":                         {kyc.Case{Status: kyc.Approved, ValidUntil: until}, "approve", account.Profile{}, message.KYCApproved, until},
		"rejected":                         {kyc.Case{Status: kyc.Rejected}, "reject", account.Profile{}, message.KYCRejected, time.Time{}},
		"undone":                           {kyc.Case{Status: kyc.UnderReview}, "undo", account.Profile{}, "", time.Time{}},
		"reminded of a question":           {kyc.Case{Status: kyc.NeedsInfo, DueBy: by}, kyc.RecordToldHolder, account.Profile{}, message.KYCReminder, by},
		"not answered":                     {kyc.Case{Status: kyc.Draft}, "lapse", account.Profile{}, message.KYCLapsed, time.Time{}},
		"a draft that ends": {
			kyc.Case{Status: kyc.Draft, EntityType: "individual", UpdatedAt: now.AddDate(0, 0, -76), Told: 1, ToldFrom: now.AddDate(0, 0, -76)}, kyc.RecordToldHolder,
			account.Profile{}, message.KYCDraftEnding, now.AddDate(0, 0, 14),
		},
		"about to expire":            {kyc.Case{Status: kyc.Expiring, ValidUntil: until}, "near_end", account.Profile{Verified: verified}, message.KYCExpiring, until},
		"about to expire, once more": {kyc.Case{Status: kyc.Expiring, ValidUntil: until}, kyc.RecordToldHolder, account.Profile{Verified: verified}, message.KYCExpiring, until},
		"about to expire while the next case is with us": {
			kyc.Case{No: 1, Status: kyc.Expiring, ValidUntil: until}, "near_end", account.Profile{Verified: verified, KYCCase: 2, KYC: "submitted"}, "", time.Time{},
		},
		"about to expire while the next case is a draft": {
			kyc.Case{No: 1, Status: kyc.Expiring, ValidUntil: until}, "near_end", account.Profile{Verified: verified, KYCCase: 2, KYC: "draft"}, message.KYCExpiring, until,
		},
		"expired":                                      {kyc.Case{Status: kyc.Expired, ValidUntil: now}, "end", account.Profile{}, message.KYCExpired, now},
		"expired for a week":                           {kyc.Case{Status: kyc.Expired, ValidUntil: now.AddDate(0, 0, -7)}, kyc.RecordToldHolder, account.Profile{}, message.KYCExpired, now.AddDate(0, 0, -7)},
		"expired, and verified by the next":            {kyc.Case{Status: kyc.Expired, ValidUntil: now}, kyc.RecordToldHolder, account.Profile{Verified: verified}, "", time.Time{}},
		"replaced by the next":                         {kyc.Case{Status: kyc.Expired, ValidUntil: now}, "replace", account.Profile{Verified: verified}, "", time.Time{}},
		"about to expire while it is suspended anyway": {kyc.Case{Status: kyc.Suspended, ValidUntil: until}, kyc.RecordToldHolder, account.Profile{}, "", time.Time{}},
		"suspended":                                    {kyc.Case{Status: kyc.Suspended, ValidUntil: until}, "suspend", account.Profile{}, message.KYCSuspended, time.Time{}},
		"in force again":                               {kyc.Case{Status: kyc.Approved, ValidUntil: until}, "resume", account.Profile{Verified: verified}, message.KYCResumed, time.Time{}},
		"looked at again":                              {kyc.Case{Status: kyc.UnderReview, DueAt: due}, "reopen", account.Profile{}, message.KYCReopened, time.Time{}},
		"files removed":                                {kyc.Case{Status: kyc.Rejected}, kyc.RecordPurged, account.Profile{}, "", time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			c.c.Reference = "K7M2-9QXD"
			m, tells := caseMail(c.p, c.c, kyc.Record{ID: "RECORD", At: now, Kind: c.kind})
			if m.Kind != c.want || tells != (c.want != "") {
				t.Fatalf("%t %q, want %q", tells, m.Kind, c.want)
			}
			if !tells {
				return
			}
			if reference, date := m.Case(); reference != "K7M2-9QXD" || !date.Equal(c.date) || m.ID != "mail-RECORD" || !m.CreatedAt.Equal(now) {
				t.Errorf("%q %s %+v", reference, date, m)
			}
		})
	}
}
