package message_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

func TestWhatIsReadyToSendDoesNotPrintItsSecret(t *testing.T) {
	const link, digits = "https://central.example.com/verify#abc.def", "314159"
	mail := message.Mail{Kind: message.VerifyEmail, To: "asha@example.com", Locale: "en", Link: token.NewSecret(link), Life: time.Hour}
	code := message.ToPhone{To: "+919876543210", Locale: "hi", Digits: token.NewSecret(digits), Life: time.Minute}
	asJSON, err := json.Marshal([]any{mail, code})
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{fmt.Sprintf("%v %+v %#v", mail, mail, mail), fmt.Sprintf("%v %+v %#v", code, code, code), string(asJSON)} {
		if strings.Contains(out, "abc.def") || strings.Contains(out, digits) {
			t.Errorf("a secret is in %s", out)
		}
	}
}
