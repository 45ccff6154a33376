package oidc

import (
	"fmt"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/phone"
)

func TestAScopeShowsItsClaimsAndNoOthers(t *testing.T) {
	email, err := account.ParseEmail("asha@example.com")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	full := account.Profile{
		ID: "ID", Email: email, Locale: "hi", KYC: "approved", UpdatedAt: at,
		Details:  account.Details{Type: account.Company, FirstName: "Asha", LastName: "Rao", CompanyName: "Rao Ltd"},
		Phone:    account.Phone{Number: phone.FromStored("+919876500001", phone.Mobile), VerifiedAt: at},
		Verified: account.Verification{CaseNo: 1, EntityType: "private_limited", ApprovedAt: at},
	}
	empty := account.Profile{ID: "ID", Email: email, KYC: "not_started", UpdatedAt: at}
	for scope, want := range map[string][2]string{
		ScopeOpenID:  {"map[]", "map[]"},
		ScopeEmail:   {"map[email:asha@example.com email_verified:true]", "map[email:asha@example.com email_verified:true]"},
		ScopeProfile: {"map[family_name:Rao given_name:Asha locale:hi name:Asha Rao updated_at:1795683600]", "map[updated_at:1795683600]"},
		ScopePhone:   {"map[phone_number:+919876500001 phone_number_verified:true]", "map[]"},
		ScopeAccount: {"map[account_type:company company:Rao Ltd]", "map[]"},
		ScopeKYC:     {"map[kyc_approved_at:1795683600 kyc_entity_type:private_limited kyc_status:approved kyc_verified:true]", "map[kyc_status:not_started kyc_verified:false]"},
		ScopeOffline: {"map[]", "map[]"},
		"address":    {"map[]", "map[]"},
	} {
		if got := [2]string{fmt.Sprint(Claims(full, []string{scope})), fmt.Sprint(Claims(empty, []string{scope}))}; got != want {
			t.Errorf("%s shows %v, want %v", scope, got, want)
		}
	}
	for _, name := range ClaimNames() {
		if name == "address" {
			t.Error("there is no address")
		}
	}
}

func TestAPairwiseSubjectIsOneForEachClientAndAccount(t *testing.T) {
	seen := map[string]bool{"ONE": true, "TWO": true}
	for _, client := range []ClientID{"A", "B"} {
		for _, id := range []account.ID{"ONE", "TWO"} {
			sub := Subject(Client{ID: client, Pairwise: true}, id)
			if seen[sub] || len(sub) != 43 || sub != Subject(Client{ID: client, Pairwise: true}, id) {
				t.Errorf("%s of %s is %s", id, client, sub)
			}
			seen[sub] = true
		}
	}
	if Subject(Client{ID: "A"}, "ONE") != "ONE" {
		t.Error("a product of ours knows the account by its id")
	}
}
