// Package seed fills a local run with demo accounts, through its API alone, as browsers would: each account signs up, reads its mail and
// its codes where the local run shows them, and uploads documents.
package seed

import (
	"context"
	"fmt"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"
)

// Password is that of every demo account.
const Password = "Mango tree 42"

// Account is a demo account that was made.
type Account struct {
	Email      string `json:"email"`
	Stage      Stage  `json:"stage"`
	EntityType string `json:"entityType,omitempty"`
	App        string `json:"app,omitempty"`          // of a reviewer: what an authenticator app makes its codes of
	Recovery   string `json:"recoveryCode,omitempty"` // and a code that is used once, for who has no such app
}

// Stage is how far an account went.
type Stage string

const (
	SignedUp  Stage = "signed-up" // its mail was not answered: there is no account yet
	Verified  Stage = "verified"
	Detailed  Stage = "details" // number proven, details saved
	Draft     Stage = "draft"   // a case with one document
	Submitted Stage = "submitted"
)

// plan is what becomes of one account.
type plan struct {
	stage      Stage
	entityType string
	company    bool
	landline   bool
	fields     map[string]string
}

// with are the fields of a case: an address that everybody has, and what is its own.
func with(own map[string]string) map[string]string {
	all := map[string]string{"addressLine1": "7 Station Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015"}
	maps.Copy(all, own)
	return all
}

// signed is with, and the signatory of a company.
func signed(own map[string]string) map[string]string {
	all := with(own)
	maps.Copy(all, map[string]string{
		"signatoryName": "Demo Signatory", "signatoryDesignation": "Manager", "signatoryPan": "ZZZPS9999Z", "signatoryMobile": "+919876543210",
		"signatoryEmail": "signatory@example.com",
	})
	return all
}

// Identifiers that nobody has: the registrars never gave out what begins with ZZZ.
var plans = []plan{
	{Submitted, "individual", false, false, with(map[string]string{"pan": "ZZZPZ9999Z", "legalName": "Demo Zaveri"})},
	{Submitted, "private_limited", true, true, signed(map[string]string{
		"pan": "ZZZCZ9999Z", "cin": "U72900GJ2008PTC046374", "gstin": "24ZZZCZ9999Z1ZP", "legalName": "Zaveri Demo Traders Private Limited",
	})},
	{Draft, "sole_proprietorship", false, false, map[string]string{"pan": "ZZZPZ9999Z"}},
	{Detailed, "", false, false, nil},
	{SignedUp, "", false, false, nil},
	{Submitted, "partnership", true, false, signed(map[string]string{"pan": "ZZZFZ9999Z", "legalName": "Zaveri Demo Traders"})},
	{Verified, "", false, false, nil},
	{Submitted, "sole_proprietorship", true, true, with(map[string]string{"pan": "ZZZPZ9999Z", "legalName": "Demo Zaveri"})},
	{Draft, "llp", true, false, signed(map[string]string{"pan": "ZZZFZ9999Z", "llpin": "AAA-1234", "legalName": "Zaveri Demo LLP"})},
	{Draft, "individual", false, true, map[string]string{"pan": "ZZZPZ9999Z"}},
}

// atOnce is how many accounts are made side by side: each hashes passwords and solves a captcha.
const atOnce = 4

// Run makes that many accounts in the local run at origin, in different stages and entity types, and calls step after each. The error says
// what the first that failed could not do; the accounts that were begun stay.
func Run(ctx context.Context, origin string, accounts int, now time.Time, step func()) ([]Account, error) {
	made := make([]Account, accounts)
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce)
	for i := range accounts {
		work.Go(func() error {
			p := plans[i%len(plans)]
			who := newPerson(origin, i, now)
			made[i] = Account{Email: who.email, Stage: p.stage, EntityType: p.entityType}
			if err := who.live(ctx, p, func(string) {}); err != nil {
				return fmt.Errorf("%s: %w", who.email, err)
			}
			step()
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	return made, nil
}

// live goes as far as the plan says, and tells done of each step that it took.
func (p *person) live(ctx context.Context, to plan, done func(step string)) error {
	steps := []struct {
		name  string
		until Stage // done by accounts that go at least so far
		do    func(context.Context, plan) error
	}{
		{"sign up", SignedUp, p.signUp}, {"verify the address", Verified, p.verify}, {"log in", Verified, p.logIn},
		{"prove a number", Detailed, p.provePhone}, {"save the details", Detailed, p.saveDetails}, {"begin a case", Draft, p.beginCase},
		{"upload a document", Draft, p.uploadFirst}, {"upload the others", Submitted, p.uploadRest}, {"hand the case in", Submitted, p.submit},
	}
	order := map[Stage]int{SignedUp: 0, Verified: 1, Detailed: 2, Draft: 3, Submitted: 4}
	for _, s := range steps {
		if order[s.until] > order[to.stage] {
			return nil
		}
		if err := s.do(ctx, to); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		done(s.name)
	}
	return nil
}
