package seed

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"context"

	"phonon.in/central/shared/document"
	"phonon.in/central/shared/kyc"
)

func TestASpecimenIsAPDFThatIsTaken(t *testing.T) {
	for _, title := range []string{"PAN card", `Trust deed (registered) \ all pages`, "Certificate of incorporation"} {
		found, err := document.Inspect(bytes.NewReader(specimen(title)), "application/pdf")
		if err != nil || found.Reason != "" {
			t.Errorf("%s: %+v %v", title, found, err)
		}
	}
}

func TestTheCaptchaIsSolved(t *testing.T) {
	key, err := pbkdf2.Key(sha256.New, "\x01\x02\x00\x00\x00\x05", []byte{3}, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	in := parameters{Nonce: "0102", Salt: "03", KeyPrefix: hex.EncodeToString(key)[:16], Cost: 10, KeyLength: 32}
	counter, found, err := solve(t.Context(), in)
	if err != nil || counter != 5 || found != hex.EncodeToString(key) {
		t.Errorf("%d %s %v", counter, found, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := solve(ended, in); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, _, err := solve(t.Context(), parameters{Nonce: "no hex"}); err == nil {
		t.Error("a broken challenge was solved")
	}
}

func TestPlansFitTheCatalogue(t *testing.T) {
	for _, p := range plans {
		if p.entityType == "" {
			continue
		}
		typ := "individual"
		if p.company {
			typ = "company"
		}
		et, ok := kyc.Current().EntityType(p.entityType)
		if !ok {
			t.Errorf("no entity type %s", p.entityType)
			continue
		}
		allowed := false
		for _, a := range et.AccountTypes {
			allowed = allowed || string(a) == typ
		}
		if !allowed {
			t.Errorf("%s is none for an account of type %s", p.entityType, typ)
		}
	}
}

func TestPeopleDoNotShareAnything(t *testing.T) {
	seen := map[string]bool{}
	for n := range 1000 {
		p := newPerson("http://127.0.0.1:1", n, time.Unix(1_800_000_000, 0))
		for _, v := range []string{p.email, p.phone, p.landline} {
			if seen[v] {
				t.Fatalf("%s is there twice", v)
			}
			seen[v] = true
		}
	}
}
