package kyc

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed reasons.hi.json
var hindiReasons []byte

var reasonTexts = sync.OnceValue(func() map[string]map[string]string {
	hindi := map[string]string{}
	if err := json.Unmarshal(hindiReasons, &hindi); err != nil {
		panic("kyc: reasons.hi.json: " + err.Error())
	}
	return map[string]map[string]string{"hi": hindi}
})

// ReasonText is what the holder reads of a reason where the reviewer writes nothing else, in the language of a locale (BCP 47) or else in
// English; empty for a reason that has no text, and for none.
func ReasonText(code, locale string) string {
	tag, _, _ := strings.Cut(locale, "-")
	if own := reasonTexts()[tag][code]; own != "" {
		return own
	}
	reason, _ := reviewReason(code)
	return reason.Detail
}
