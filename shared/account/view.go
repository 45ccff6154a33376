package account

import "time"

// View is an account as its holder sees it: the body of GET /v1/account, and part of the answer to a log-in.
type View struct {
	ID          ID         `json:"id"`
	Email       string     `json:"email"`
	Type        *Type      `json:"type"`
	FirstName   *string    `json:"firstName"`
	LastName    *string    `json:"lastName"`
	CompanyName *string    `json:"companyName"`
	Sector      *string    `json:"sector"`
	Phone       *PhoneView `json:"phone"`
	Locale      string     `json:"locale"`
	KYC         KYCView    `json:"kyc"`
	Locked      bool       `json:"identityLocked"` // type, names, company and phone stay as they are
	CreatedAt   time.Time  `json:"createdAt"`
	Next        Step       `json:"next"`
}

// PhoneView is a proven number.
type PhoneView struct {
	Number     string    `json:"number"` // E.164
	Kind       string    `json:"kind"`
	VerifiedAt time.Time `json:"verifiedAt"`
}

// KYCView is the state of the newest case, and whether an approved one is in force.
type KYCView struct {
	Status        string     `json:"status"`
	Verified      bool       `json:"verified"`
	VerifiedUntil *time.Time `json:"verifiedUntil"`
}

// ViewOf makes the view. What is not known yet is null.
func ViewOf(p Profile) View {
	v := View{
		ID: p.ID, Email: p.Email.String(), Locale: p.Locale, KYC: KYCView{Status: p.KYC, Verified: p.Verified.CaseNo > 0}, Locked: p.IdentityLocked(), CreatedAt: p.CreatedAt, Next: Next(p),
	}
	if d := p.Details; !d.IsZero() {
		v.Type, v.FirstName, v.Sector = &d.Type, &d.FirstName, &d.Sector
		v.LastName, v.CompanyName = orNull(d.LastName), orNull(d.CompanyName)
	}
	if until := p.Verified.Until; v.KYC.Verified {
		v.KYC.VerifiedUntil = &until
	}
	if n := p.Phone.Number; !n.IsZero() {
		v.Phone = &PhoneView{n.E164(), string(n.Kind()), p.Phone.VerifiedAt}
	}
	return v
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
