package oidc

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/phone"
)

func TestEachScopeShowsItsClaimsAndNoOther(t *testing.T) {
	email, err := account.ParseEmail("asha@example.com")
	if err != nil {
		t.Fatal(err)
	}
	p := account.Profile{
		ID: "AAAAAAAAAAAAAAAAAAAAAAAAAA", Email: email, Phone: account.Phone{Number: phone.FromStored("+919876543210", phone.Mobile)}, Locale: "hi", KYC: "approved", Verified: account.Verification{CaseNo: 1},
		Details:   account.Details{Type: "company", FirstName: "Asha", LastName: "Rao", CompanyName: "Rao Traders"},
		UpdatedAt: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC),
	}
	all := map[string]string{
		ScopeOpenID: "", ScopeOffline: "", "address": "", ScopeEmail: "email email_verified", ScopeProfile: "family_name given_name locale name updated_at",
		ScopePhone: "phone_number phone_number_verified", ScopeAccount: "account_type company",
	}
	for scope, want := range all {
		if got := strings.Join(slices.Sorted(maps.Keys(Claims(p, []string{scope}))), " "); got != want {
			t.Errorf("%s shows %s, want %s", scope, got, want)
		}
	}
	got := Claims(p, Scopes())
	for name, want := range map[string]any{
		"email": "asha@example.com", "email_verified": true, "name": "Asha Rao", "locale": "hi", "phone_number": "+919876543210", "phone_number_verified": true,
		"account_type": "company", "company": "Rao Traders", "kyc_status": "approved", "kyc_verified": true, "updated_at": p.UpdatedAt.Unix(),
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	for name := range got {
		if !slices.Contains(ClaimNames(), name) {
			t.Errorf("discovery does not name %s", name)
		}
	}
	if bare := Claims(account.Profile{Email: email, KYC: "not_started", UpdatedAt: p.UpdatedAt}, Scopes()); len(bare) > 5 || bare["phone_number_verified"] != nil || bare["kyc_verified"] != false {
		t.Errorf("who has given nothing yet is %v", bare)
	}
}
