package release

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"phonon.in/central/cmd/central/fleet/fleettest"
)

func TestSignedCodeIsNotRestoredAndNothingIsChanged(t *testing.T) {
	for policy, refused := range map[types.CodeSigningPolicy]bool{types.CodeSigningPolicyEnforce: true, types.CodeSigningPolicyWarn: false} {
		w := twice(t)
		w.Funcs["web"].Signed = policy
		_, err := w.back("release-20261126T120100Z")
		if (err != nil) != refused {
			t.Errorf("%s: %v", policy, err)
		}
		if refused && (len(w.Calls) > 0 || !strings.Contains(err.Error(), "web takes") && !strings.Contains(err.Error(), "of web ") || !strings.Contains(err.Error(), "Deploy the commit")) {
			t.Errorf("%v, after %s", err, w.Calls)
		}
	}
}

func TestWhatLambdaGivesBackIsCheckedBeforeItIsDeployed(t *testing.T) {
	w := twice(t)
	w.Funcs["web"].Versions[0].Code = "something else" // and its hash as it was
	members := w.members()
	for i := range members {
		if members[i].ID == "web" {
			v := members[i].Versions["1"]
			v.Code = fleettest.Code("web 1").Hash()
			members[i].Versions["1"] = v
		}
	}
	plan, err := Back(members, "release-20261126T120100Z")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Rollback(t.Context(), plan); err == nil || !strings.Contains(err.Error(), "is not version 1") {
		t.Error(err)
	}
	if w.Funcs["web"].Code != "web 2" || w.Funcs["otp"].Code != "otp 1" {
		t.Errorf("web runs %s; otp, which is right, %s", w.Funcs["web"].Code, w.Funcs["otp"].Code)
	}
}

func TestAnErrorShowsNoSignedAddress(t *testing.T) {
	w := twice(t)
	w.Fail = func(operation, _ string) error {
		if operation == "fetch" {
			return errors.New("connection refused")
		}
		return nil
	}
	_, err := w.back("release-20261126T120100Z")
	if err == nil || strings.Contains(fmt.Sprint(err), "X-Amz-Signature") || !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
}
