package seed

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

func (p *person) signUp(ctx context.Context, _ plan) error {
	captcha, err := p.captcha(ctx)
	if err != nil {
		return err
	}
	var terms struct{ Version string }
	if err := p.call(ctx, http.MethodGet, "/v1/terms", nil, &terms); err != nil {
		return err
	}
	return p.call(ctx, http.MethodPost, "/v1/signup", object{
		"email": p.email, "password": p.password, "captcha": captcha, "locale": "en",
		"terms": object{"version": terms.Version, "accepted": true},
	}, nil)
}

func (p *person) verify(ctx context.Context, _ plan) error {
	token, err := p.mailbox.LinkToken(ctx, p.email)
	if err != nil {
		return err
	}
	return p.call(ctx, http.MethodPost, "/v1/verify", object{"token": token}, nil)
}

func (p *person) logIn(ctx context.Context, _ plan) error {
	var login struct{ Session string }
	err := p.call(ctx, http.MethodPost, "/v1/login", object{"email": p.email, "password": p.password, "transport": "bearer"}, &login)
	p.bearer = login.Session
	return err
}

func (p *person) provePhone(ctx context.Context, to plan) error {
	number, kind := p.phone, "mobile"
	if to.landline {
		number, kind = p.landline, "landline"
	}
	var sent struct{ ChallengeID string }
	if err := p.call(ctx, http.MethodPost, "/v1/otp", object{"phone": number, "kind": kind}, &sent); err != nil {
		return err
	}
	code, err := p.mailbox.Code(ctx, sent.ChallengeID, number)
	if err != nil {
		return err
	}
	return p.call(ctx, http.MethodPost, "/v1/otp/verify", object{"challengeId": sent.ChallengeID, "code": code}, nil)
}

func (p *person) saveDetails(ctx context.Context, to plan) error {
	details := object{"type": "individual", "firstName": "Demo", "lastName": "Account", "sector": "other"}
	if to.company {
		details["type"], details["companyName"] = "company", "Demo Traders"
	}
	return p.call(ctx, http.MethodPut, "/v1/account/details", details, nil)
}

func (p *person) beginCase(ctx context.Context, to plan) error {
	return p.call(ctx, http.MethodPut, "/v1/kyc", object{"entityType": to.entityType, "fields": to.fields}, nil)
}

// kycCase is what matters here of GET /v1/kyc.
type kycCase struct {
	Notice       struct{ Version string }
	CanSubmit    bool
	Missing      []struct{ Pointer, Code string }
	Requirements []requirement
}

type requirement struct {
	ID, Title string
	Needed    bool
	MinOf     int
	Options   []option
	Documents []struct{ ID, State string }
}

type option struct{ ID, Title string }

func (p *person) uploadFirst(ctx context.Context, _ plan) error { return p.uploadUpTo(ctx, 1) }
func (p *person) uploadRest(ctx context.Context, _ plan) error  { return p.uploadUpTo(ctx, 1000) }

// uploadUpTo uploads what is needed and not there yet, at most so many documents.
func (p *person) uploadUpTo(ctx context.Context, most int) error {
	var c kycCase
	if err := p.call(ctx, http.MethodGet, "/v1/kyc", nil, &c); err != nil {
		return err
	}
	for _, r := range c.Requirements {
		if !r.Needed {
			continue
		}
		for n := len(r.Documents); n < r.MinOf && most > 0; n++ {
			if err := p.upload(ctx, r, r.Options[n]); err != nil {
				return fmt.Errorf("%s: %w", r.Title, err)
			}
			most--
		}
	}
	return nil
}

// upload uploads a specimen. It names the requirement, too: a PAN card of the firm is another file than that of its signatory.
func (p *person) upload(ctx context.Context, r requirement, o option) error {
	const contentType = "application/pdf"
	file := specimen(r.Title + ": " + o.Title)
	var form struct {
		DocumentID string
		Upload     struct {
			URL    string
			Fields map[string]string
		}
	}
	if err := p.call(ctx, http.MethodPost, "/v1/kyc/documents", object{
		"requirement": r.ID, "documentType": o.ID, "fileName": o.ID + ".pdf", "contentType": contentType, "size": len(file),
	}, &form); err != nil {
		return err
	}
	if err := p.post(ctx, form.Upload.URL, form.Upload.Fields, contentType, file); err != nil {
		return err
	}
	return p.call(ctx, http.MethodPost, "/v1/kyc/documents/"+form.DocumentID+"/complete", nil, nil)
}

// How long the check of documents is waited for, and how often is asked.
const (
	checkDeadline = time.Minute
	checkEvery    = 100 * time.Millisecond
)

// submit hands the case in as soon as every document was checked.
func (p *person) submit(ctx context.Context, _ plan) error {
	ctx, cancel := context.WithTimeout(ctx, checkDeadline)
	defer cancel()
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		var c kycCase
		if err := p.call(ctx, http.MethodGet, "/v1/kyc", nil, &c); err != nil {
			return err
		}
		if c.CanSubmit {
			return p.call(ctx, http.MethodPost, "/v1/kyc/submit", object{"notice": object{"version": c.Notice.Version, "accepted": true}, "declared": true}, nil)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the case cannot be handed in: %v is missing: %w", c.Missing, ctx.Err())
		}
	}
}
