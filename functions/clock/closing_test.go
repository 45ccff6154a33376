package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
)

const fiveYears = 5 * 365 * 24 * time.Hour

// closed is somebody with a proven phone who has closed the account at noon.
func (w *world) closed(t *testing.T, approved bool) *holder {
	t.Helper()
	w.retention = fiveYears
	p := w.holder(t)
	number := phone.FromStored("+919876543210", phone.Mobile)
	c := account.Challenge{ID: token.NewID(), AccountID: p.id, Number: number, Channel: phone.SMS, CreatedAt: noon, ExpiresAt: noon.Add(time.Minute)}
	must(t, w.StartChallenge(t.Context(), c, message.Message{ID: token.NewID(), Kind: message.PhoneCodeSMS, To: number.E164(), CreatedAt: noon, NotAfter: noon.Add(time.Minute)}))
	must(t, w.VerifyPhone(t.Context(), c, p.profile(t), account.Activity{Kind: "phone_verified", At: noon}, nil, noon))
	if approved {
		p.change(t, caseKey(1), map[string]any{"status": "approved", "approvedAt": "2026-11-23T12:00:00.000000Z", "validUntil": "2027-11-23T12:00:00.000000Z"})
		for _, d := range p.newest(t).Documents {
			versions, err := p.bucket.Versions(t.Context(), "vault/"+string(p.id)+"/1/"+d.ID)
			must(t, err)
			p.change(t, caseKey(1)+"#doc#"+d.ID, map[string]any{"objectKey": versions[0].Key, "versionId": versions[0].ID, "state": "accepted"})
		}
	}
	m := message.AboutClosing(message.AccountClosing, p.profile(t), day(7), time.Time{}, noon)
	must(t, w.CloseAccount(t.Context(), p.profile(t), day(7), m, account.Activity{Kind: "account_closed", At: noon}, noon))
	return p
}

func (p *holder) profile(t *testing.T) account.Profile {
	t.Helper()
	found, err := p.Profile(t.Context(), p.id)
	must(t, err)
	return found
}

// kept are the sort keys of what is under the account's id, without numbers and times, and counts of the objects.
func (p *holder) kept(t *testing.T) string {
	t.Helper()
	count := map[string]int{}
	for _, i := range p.Items(t) {
		pk, sk := text(i["pk"]), text(i["sk"])
		for _, v := range i {
			if s := text(v); strings.Contains(s, "example.com") && !strings.Contains(pk, "outbox#") {
				t.Errorf("%s %s still says %s", pk, sk, s)
			}
		}
		switch kind, _, _ := strings.Cut(sk, "#"); {
		case pk == "account#"+string(p.id), pk == "restricted#"+string(p.id):
			count[strings.Split(pk, "#")[0]+" "+kind]++
		case strings.HasPrefix(pk, "phone#"), strings.HasPrefix(pk, "email#"), strings.HasPrefix(pk, "signup#"), strings.HasPrefix(pk, "reference#"):
			count[pk]++
		}
	}
	for _, place := range []string{"incoming/", "vault/", "pages/", "restricted/"} {
		versions, err := p.bucket.Versions(t.Context(), place+string(p.id)+"/")
		must(t, err)
		if len(versions) > 0 {
			count[place] = len(versions)
		}
	}
	var all []string
	for what, n := range count {
		all = append(all, fmt.Sprint(what, " ", n))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func text(v types.AttributeValue) string {
	s, _ := v.(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

const (
	nothingOfThePerson = "account activity 4, account consent 1, account event 1, account profile 1"
	identification     = ", restricted held 1, restricted kyc 3, restricted/ 2"
)

func TestAClosedAccountIsErasedWhenItsTimeComesAndNotBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.closed(t, false)
	must(t, w.run(t.Context(), day(7).Add(-time.Second)))
	if now := p.profile(t); now.Status != account.Closing || store.Erased(now) || p.files(t) == 0 {
		t.Fatalf("too early: %+v", now)
	}
	for range 2 { // the second finds nothing to do
		must(t, w.run(t.Context(), day(7)))
		if got := p.kept(t); got != nothingOfThePerson {
			t.Errorf("what is left: %s", got)
		}
	}
	if now := p.profile(t); !store.Erased(now) || now.Status != account.Disabled || !now.Phone.Number.IsZero() || now.Details != (account.Details{}) {
		t.Errorf("%+v", now)
	}
	told, err := w.EventsOf(t.Context(), p.id, day(7))
	must(t, err)
	if len(told) != 1 || told[0].Type != "account.erased" {
		t.Errorf("the products are told %+v", told)
	}
	waiting, err := w.Waiting(t.Context())
	must(t, err)
	mails := 0
	for _, q := range waiting {
		if q.Kind == message.AccountErased {
			mails++
		}
	}
	if mails != 1 {
		t.Errorf("%d mails say that it is erased", mails)
	}
}

func TestWhatIdentifiedTheHolderIsKeptOutOfReachAsLongAsTheLawAsks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.closed(t, true)
	for range 2 {
		must(t, w.run(t.Context(), day(7)))
		if got := p.kept(t); got != nothingOfThePerson+identification {
			t.Errorf("what is left: %s", got)
		}
	}
	if cases, err := w.Cases(t.Context(), p.id); err != nil || len(cases) > 0 {
		t.Errorf("a product still reads %+v, %v", cases, err)
	}
	must(t, w.run(t.Context(), day(7).Add(fiveYears-time.Second)))
	if got := p.kept(t); !strings.HasSuffix(got, identification) {
		t.Errorf("too early: %s", got)
	}
	must(t, w.run(t.Context(), day(7).Add(fiveYears)))
	if got := p.kept(t); strings.Contains(got, "restricted") {
		t.Errorf("what is left after five years: %s", got)
	}
}

func TestAnAccountThatWasTakenBackOrDisabledIsNotErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	back, stopped := w.closed(t, false), w.closed(t, false)
	must(t, w.ReopenAccount(t.Context(), back.profile(t), message.Message{ID: token.NewID(), CreatedAt: noon, NotAfter: day(1)}, account.Activity{Kind: "account_reopened", At: noon}, noon))
	_, err := w.SetStatus(t.Context(), stopped.profile(t), account.Disabled, store.Deed{Kind: "account_disabled", At: noon})
	must(t, err)
	must(t, w.run(t.Context(), day(30)))
	for _, p := range []*holder{back, stopped} {
		if store.Erased(p.profile(t)) || p.files(t) == 0 {
			t.Errorf("%+v", p.profile(t))
		}
	}
}

// life ends a process at the n-th call of anything outside.
type life struct{ left atomic.Int64 }

type mortal struct {
	*life
	next interface {
		Do(*http.Request) (*http.Response, error)
	}
}

func (m mortal) Do(r *http.Request) (*http.Response, error) {
	if m.left.Add(-1) < 0 {
		return nil, errors.New("killed")
	}
	return m.next.Do(r)
}

// untilCall is the clock in a process that is killed before its n-th call.
func (w *world) untilCall(n int64) *handler {
	all := &life{}
	all.left.Store(n)
	db := dynamodb.New(w.DB.Options(), func(o *dynamodb.Options) { o.HTTPClient, o.Retryer = mortal{all, o.HTTPClient}, aws.NopRetryer{} })
	files := s3.New(w.s3.Options(), func(o *s3.Options) { o.HTTPClient, o.Retryer = mortal{all, o.HTTPClient}, aws.NopRetryer{} })
	return &handler{store: store.New(db, w.Users, w.Tokens), bucket: upload.New(files, w.name), log: slog.New(slog.DiscardHandler), retention: fiveYears}
}

func TestAnErasingThatIsKilledAnywhereIsEndedByTheNextRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.closed(t, true)
	killed := 0
	for n := int64(1); ; n++ {
		if err := w.untilCall(n).endAll(context.WithoutCancel(t.Context()), day(7)); err == nil {
			break
		}
		killed++
		if now := p.profile(t); !store.Erased(now) {
			if who, found, err := w.Login(t.Context(), now.Email); err != nil || !found || who.AccountID != p.id {
				t.Fatalf("killed before call %d: the address was let go of before the account was erased", n)
			}
		}
		if n > 200 {
			t.Fatal("it never ends")
		}
	}
	if got := p.kept(t); got != nothingOfThePerson+identification || killed < 20 {
		t.Errorf("after %d deaths: %s", killed, got)
	}
}
