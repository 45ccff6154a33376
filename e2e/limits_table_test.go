package e2e

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// bodies make somebody who may call a route, and right bodies for it.
var bodies = map[string]func(t *testing.T) (p *person, body func() m){
	"POST /v1/signup": func(t *testing.T) (*person, func() m) {
		p := newPerson(t)
		version := p.call("GET", "/v1/terms", nil).text("version")
		return p, func() m { // the captcha is the last thing to be looked at: a wrong one leaves every other value to be judged
			return m{"email": p.email, "password": goodPassword, "captcha": "none", "terms": m{"version": version, "accepted": true}}
		}
	},
	"POST /v1/signup/resend": func(t *testing.T) (*person, func() m) { return newPerson(t), func() m { return m{} } },
	"POST /v1/verify": func(t *testing.T) (*person, func() m) {
		p, other := newPerson(t), newPerson(t) // in another browser the password is asked for
		p.signup()
		link := p.linkToken()
		return other, func() m { return m{"token": link} }
	},
	"POST /v1/verify/check": func(t *testing.T) (*person, func() m) {
		p := newPerson(t)
		p.signup()
		link := p.linkToken()
		return p, func() m { return m{"token": link} }
	},
	"POST /v1/login": func(t *testing.T) (*person, func() m) {
		p := newPerson(t)
		return p, func() m { return m{"email": p.email, "password": goodPassword} }
	},
	"POST /v1/password/forgot": func(t *testing.T) (*person, func() m) {
		p := newPerson(t)
		return p, func() m { return m{"email": p.email, "captcha": "none"} }
	},
	"POST /v1/password/reset": func(t *testing.T) (*person, func() m) {
		p := member(t)
		p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}), 202)
		link := p.message(p.email, `/reset-password#(\S+)`)
		return p, func() m { return m{"token": link, "password": "River stone 77!"} }
	},
	"PUT /v1/account/details": func(t *testing.T) (*person, func() m) {
		p := member(t)
		p.provePhone(mobile(), "mobile")
		return p, func() m {
			return m{"type": "company", "firstName": "Asha", "lastName": "Rao", "companyName": "Rao Traders", "sector": "other"}
		}
	},
	"PUT /v1/account/locale": func(t *testing.T) (*person, func() m) { return member(t), func() m { return m{} } },
	"PUT /v1/account/password": func(t *testing.T) (*person, func() m) {
		return member(t), func() m { return m{"currentPassword": goodPassword, "newPassword": "River stone 77!"} }
	},
	"POST /v1/account/email": func(t *testing.T) (*person, func() m) {
		p := member(t)
		return p, func() m { return m{"email": newPerson(t).email} }
	},
	"POST /v1/account/email/confirm": func(t *testing.T) (*person, func() m) {
		p, to := member(t), newPerson(t).email
		p.want(p.call("POST", "/v1/account/email", m{"email": to}), 202)
		link := p.message(to, `/confirm-email#(\S+)`)
		return p, func() m { return m{"token": link} }
	},
	"POST /v1/account/email/undo": func(t *testing.T) (*person, func() m) {
		p, to := member(t), newPerson(t).email
		p.want(p.call("POST", "/v1/account/email", m{"email": to}), 202)
		p.want(p.call("POST", "/v1/account/email/confirm", m{"token": p.message(to, `/confirm-email#(\S+)`)}), 200)
		link := p.message(p.email, `/undo-email#(\S+)`)
		return newPerson(t), func() m { return m{"token": link} }
	},
	"POST /v1/terms/accept": func(t *testing.T) (*person, func() m) {
		p := member(t)
		version := p.call("GET", "/v1/terms", nil).text("version")
		return p, func() m { return m{"version": version, "accepted": true} }
	},
	"POST /v1/login/disown": func(t *testing.T) (*person, func() m) {
		p := member(t)
		p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}, "User-Agent", "intruder/1.0"), 200)
		link := p.message(p.email, `/not-me#(\S+)`)
		return newPerson(t), func() m { return m{"token": link} }
	},
	"POST /v1/account/reopen": func(t *testing.T) (*person, func() m) {
		p := member(t)
		p.want(p.call("POST", "/v1/account/close", nil), 200)
		p.bearer = ""
		back := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 403, "account_closing").text("reopen")
		return newPerson(t), func() m { return m{"token": back} }
	},
	"POST /v1/step-up": func(t *testing.T) (*person, func() m) {
		return member(t), func() m { return m{"password": goodPassword} }
	},
	"POST /v1/factors/totp/confirm": func(t *testing.T) (*person, func() m) {
		p := member(t)
		enrolment := p.want(p.call("POST", "/v1/factors/totp", nil), 200).text("enrolment")
		return p, func() m { return m{"enrolment": enrolment, "code": "123456"} }
	},
	"POST /v1/factors/passkeys": func(t *testing.T) (*person, func() m) {
		return member(t), func() m {
			return m{"name": "Phone", "passkey": m{"id": "AAAA", "clientData": "AAAA", "attestationObject": "AAAA"}}
		}
	},
	"PUT /v1/factors/passkeys/{id}": func(t *testing.T) (*person, func() m) {
		return member(t), func() m { return m{"name": "Phone"} }
	},
	"POST /v1/factors/reset/stop": func(t *testing.T) (*person, func() m) {
		p, link := newPerson(t), factorReset(t)
		return p, func() m { return m{"token": link} }
	},
	"POST /v1/login/factor": func(t *testing.T) (*person, func() m) {
		waits := pendingLogin(t)
		return newPerson(t), func() m { return m{"pending": waits, "code": "123456"} }
	},
	"POST /v1/login/factor/passkey": func(t *testing.T) (*person, func() m) {
		waits := pendingLogin(t)
		return newPerson(t), func() m { return m{"pending": waits} }
	},
	"POST /v1/login/passkey": func(t *testing.T) (*person, func() m) {
		return newPerson(t), func() m {
			return m{"passkey": m{"id": "AAAA", "clientData": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}}
		}
	},
	"POST /v1/otp": func(t *testing.T) (*person, func() m) {
		return member(t), func() m { return m{"phone": mobile(), "kind": "mobile"} }
	},
	"POST /v1/otp/verify": func(t *testing.T) (*person, func() m) {
		return member(t), func() m { return m{"challengeId": strings.Repeat("A", 26), "code": "123456"} }
	},
	"PUT /v1/kyc": func(t *testing.T) (*person, func() m) {
		return applicant(t), func() m { return m{"entityType": "individual", "fields": m{}, "answers": m{}} }
	},
	"PATCH /v1/kyc": func(t *testing.T) (*person, func() m) {
		p := applicant(t)
		p.want(p.call("PUT", "/v1/kyc", m{"entityType": "individual"}), 200)
		return p, func() m { return m{"fields": m{}, "answers": m{}} }
	},
	"POST /v1/kyc/documents": func(t *testing.T) (*person, func() m) {
		p := member(t)
		p.provePhone(mobile(), "mobile")
		p.saveDetails("company")
		p.want(p.call("PUT", "/v1/kyc", m{"entityType": "partnership"}), 200)
		return p, func() m {
			return m{"requirement": "partnership_deed", "documentType": "partnership_deed", "fileName": "a.pdf", "contentType": "application/pdf", "size": 1000}
		}
	},
	"POST /v1/kyc/submit": func(t *testing.T) (*person, func() m) {
		return applicant(t), func() m { return m{"notice": m{"version": "4c1f0a9d2b7e", "accepted": true}, "declared": true} }
	},
	"POST /v1/signatory/open": func(t *testing.T) (*person, func() m) {
		p, link := newPerson(t), signatoryLink(t)
		return p, func() m { return m{"token": link} }
	},
	"POST /v1/signatory/documents": func(t *testing.T) (*person, func() m) {
		p, link := newPerson(t), signatoryLink(t)
		p.http.Jar = &ofThisMachine{}
		p.want(p.call("POST", "/v1/signatory/open", m{"token": link}), 200)
		return p, func() m {
			return m{"requirement": "signatory_pan", "documentType": "pan_card", "fileName": "a.pdf", "contentType": "application/pdf", "size": 1000}
		}
	},
	"POST /v1/review/unlock":                                    atDesk(m{"password": goodPassword}),
	"POST /v1/review/search":                                    atDesk(m{"q": "x"}),
	"POST /v1/review/cases/{reference}/claim":                   atDesk(m{"takeOver": ""}),
	"POST /v1/review/cases/{reference}/release":                 atDesk(m{"leaseId": anID}),
	"POST /v1/review/cases/{reference}/heartbeat":               atDesk(m{"leaseId": anID}),
	"POST /v1/review/cases/{reference}/decision":                atDesk(aDecision),
	"POST /v1/review/cases/{reference}/preview":                 atDesk(aDecision),
	"POST /v1/review/cases/{reference}/undo":                    atDesk(m{"recordId": anID}),
	"POST /v1/review/cases/{reference}/hold":                    atDesk(m{"leaseId": anID, "version": 1, "until": aTime, "note": "Waits."}),
	"POST /v1/review/cases/{reference}/ask":                     atDesk(m{"leaseId": anID, "version": 1, "question": "Which?"}),
	"POST /v1/review/cases/{reference}/answer":                  atDesk(m{"leaseId": anID, "version": 1, "text": "This."}),
	"POST /v1/review/cases/{reference}/reopen":                  atDesk(m{"reason": "A mistake."}),
	"POST /v1/review/cases/{reference}/documents/{id}/original": atDesk(m{"reason": "The picture is torn."}),
}

func padded(s string) func(*person, int) string {
	return func(_ *person, n int) string {
		if n < len(s) {
			return s[:n]
		}
		return s + strings.Repeat(" ", n-len(s))
	}
}

func letters(_ *person, n int) string { return strings.Repeat("ह", n) }

// newPassword has one of each kind of character in front, and as many of four bytes behind as it takes.
func newPassword(_ *person, n int) string { return "aA1-" + strings.Repeat("\U00010400", n-4) }

// address is the person's own one, longer.
func address(p *person, n int) string {
	local, _, _ := strings.Cut(p.email, "@")
	if n < 64 {
		return ""
	}
	domain := strings.Repeat(strings.Repeat("d", 30)+".", (n-len(local)-13)/31) + "example.com"
	return local + strings.Repeat("x", n-len(local)-1-len(domain)) + "@" + domain
}

// solution is a right one with white space in its JSON, so that its base64 has at least n characters.
func solution(p *person, n int) string {
	text, err := base64.StdEncoding.DecodeString(p.captcha())
	if err != nil {
		p.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(append(text, strings.Repeat(" ", (n+3)/4*3-len(text))...))
}

func number(_ *person, n int) string {
	if own := mobile(); n >= len(own) {
		return padded(own)(nil, n)
	}
	return ""
}

func language(_ *person, n int) string {
	tag := "en" + strings.Repeat("-aaaaaaaa", (n-2)/9)
	return tag + "-" + strings.Repeat("a", n-len(tag)-1)
}

func fileName(_ *person, n int) string {
	return strings.Repeat("न", max(0, n-4)) + ".pdf"[max(0, 4-n):]
}

var (
	tooLong     = []string{"password_too_long"}
	noCode      = []string{"code_invalid"}
	noRecovery  = []string{"recovery_code_invalid"}
	longPasskey = []string{"passkey_too_long"}
	noPending   = []string{"login_expired"}
	noEnrolment = []string{"enrolment_expired"}
	noLink      = []string{"link_invalid"}
	tooLongText = []string{"text_too_long"}                   // no answer is expected of this case: it is refused for that, too
	ofAList     = []any{strings.Repeat("x", 65), "Two Words"} // what is on no list cannot be: right ones are the list's own
	noID        = []any{"", "x", strings.Repeat("A", 27), strings.Repeat("a", 26), strings.Repeat("A", 25) + "1"}
	noSignup    = []any{"", "x", strings.Repeat("!", 22) + "." + strings.Repeat("A", 26), strings.Repeat("a", 23) + "." + strings.Repeat("A", 26), strings.Repeat("a", 22) + "." + strings.Repeat("A", 25)}
	noToken     = []any{"", "x", "a.b", "a.b.c.d", "a.b.!", strings.Repeat("a", 509) + ".b.c"}
)

const aRecoveryCode = "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"

// alone leaves one proof in a body: two are refused for being two.
func alone(proof string) func(body m, _ any) {
	return func(body m, _ any) {
		for _, other := range []string{"password", "code", "recoveryCode"} {
			if other != proof {
				delete(body, other)
			}
		}
	}
}

// withPasskey makes the passkey the one proof of a body.
func withPasskey(body m, _ any) {
	alone("")(body, nil)
	passkey, _ := body["passkey"].(m)
	whole := m{"id": "AAAA", "clientData": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"}
	maps.Copy(whole, passkey)
	body["passkey"] = whole
}

// ofThisMachine sends secure cookies without TLS, as browsers do to their own machine.
type ofThisMachine struct{ given []*http.Cookie }

func (j *ofThisMachine) SetCookies(_ *url.URL, cookies []*http.Cookie) { j.given = cookies }
func (j *ofThisMachine) Cookies(*url.URL) []*http.Cookie               { return j.given }

// signatoryLink is the token of a link for the signatory of a partnership.
func signatoryLink(t *testing.T) string {
	p := member(t)
	p.provePhone(mobile(), "mobile")
	p.saveDetails("company")
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "partnership"}), 200)
	_, link, _ := strings.Cut(p.want(p.call("POST", "/v1/kyc/signatory-link", nil), 201).text("url"), "#")
	return link
}

// edges has a row for each member of a request that has a limit in the contract.
var (
	anID      = strings.Repeat("A", 26)
	aTime     = "2026-11-25T10:00:00Z"
	aDecision = m{"leaseId": anID, "version": 1, "outcome": "second_look", "risk": "", "note": "Look at the name.", "parts": []any{}}
)

// sharedDesk is the session of one reviewer for all rows.
var sharedDesk struct {
	once   sync.Once
	bearer string
}

// atDesk is a reviewer at the desk, with a body about a case that is not there: a mistake in it is told all the same.
func atDesk(body m) func(t *testing.T) (*person, func() m) {
	return func(t *testing.T) (*person, func() m) {
		sharedDesk.once.Do(func() { sharedDesk.bearer = reviewer(t).bearer })
		p := newPerson(t)
		p.bearer = sharedDesk.bearer
		return p, func() m { return maps.Clone(body) }
	}
}

var edges = map[string]edge{
	"POST /v1/signup /email":                               {sized: address},
	"POST /v1/signup /password":                            {sized: newPassword},
	"POST /v1/signup /captcha":                             {sized: solution},
	"POST /v1/signup /terms/version":                       {right: []any{"2026-11-01"}, wrong: []any{"", "2026-11-1", "newest"}},
	"POST /v1/signup /terms/accepted":                      {wrong: []any{false}},
	"POST /v1/signup /locale":                              {sized: language, right: []any{"", "hi", "en-IN"}, wrong: []any{"x", "en_IN", "en-", "हि"}},
	"POST /v1/signup/resend /signupId":                     {right: []any{strings.Repeat("a", 22) + "." + strings.Repeat("A", 26)}, wrong: noSignup},
	"POST /v1/verify /token":                               {wrong: noToken, codes: noLink},
	"POST /v1/verify /password":                            {sized: letters, codes: tooLong},
	"POST /v1/verify/check /token":                         {wrong: noToken, codes: noLink},
	"POST /v1/login /email":                                {sized: address},
	"POST /v1/login /password":                             {sized: letters},
	"POST /v1/login /captcha":                              {sized: padded("unasked")},
	"POST /v1/login /transport":                            {},
	"POST /v1/password/forgot /email":                      {sized: address},
	"POST /v1/password/forgot /captcha":                    {sized: solution},
	"POST /v1/password/reset /token":                       {wrong: noToken, codes: noLink},
	"POST /v1/password/reset /password":                    {sized: newPassword},
	"PUT /v1/account/details /type":                        {},
	"PUT /v1/account/details /firstName":                   {sized: letters},
	"PUT /v1/account/details /lastName":                    {sized: letters},
	"PUT /v1/account/details /companyName":                 {sized: letters},
	"PUT /v1/account/details /sector":                      {right: []any{"other", "retail"}, wrong: ofAList},
	"PUT /v1/account/locale /locale":                       {sized: language, right: []any{"hi", "en-IN"}, wrong: []any{"", "x", "en_IN", "en-", "हि"}},
	"PUT /v1/account/password /currentPassword":            {sized: letters, codes: tooLong},
	"PUT /v1/account/password /newPassword":                {sized: newPassword},
	"POST /v1/account/email /email":                        {sized: address},
	"POST /v1/account/email/confirm /token":                {wrong: noToken, codes: noLink},
	"POST /v1/account/email/undo /token":                   {wrong: noToken, codes: noLink},
	"POST /v1/account/reopen /token":                       {wrong: noToken, codes: noLink},
	"POST /v1/login/disown /token":                         {wrong: noToken, codes: noLink},
	"POST /v1/terms/accept /version":                       {right: []any{"2026-11-01"}, wrong: []any{"", "2026-11-1", "newest"}},
	"POST /v1/terms/accept /accepted":                      {wrong: []any{false}},
	"POST /v1/step-up /password":                           {sized: letters, codes: tooLong},
	"POST /v1/step-up /code":                               {sized: padded("123456"), codes: noCode, fit: alone("code")},
	"POST /v1/step-up /recoveryCode":                       {sized: padded(aRecoveryCode), codes: noRecovery, fit: alone("recoveryCode")},
	"POST /v1/login/factor /code":                          {sized: padded("123456"), codes: noCode, fit: alone("code")},
	"POST /v1/login/factor /recoveryCode":                  {sized: padded(aRecoveryCode), codes: noRecovery, fit: alone("recoveryCode")},
	"POST /v1/login/factor /transport":                     {},
	"POST /v1/login/passkey /transport":                    {},
	"POST /v1/factors/totp/confirm /code":                  {sized: padded("123456"), codes: noCode},
	"POST /v1/factors/passkeys /name":                      {sized: letters},
	"PUT /v1/factors/passkeys/{id} /name":                  {sized: letters},
	"POST /v1/step-up /passkey/id":                         {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/step-up /passkey/clientData":                 {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/step-up /passkey/authenticatorData":          {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/step-up /passkey/signature":                  {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/step-up /passkey/userHandle":                 {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/login/factor /passkey/id":                    {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/login/factor /passkey/clientData":            {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/login/factor /passkey/authenticatorData":     {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/login/factor /passkey/signature":             {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/login/factor /passkey/userHandle":            {sized: letters, codes: longPasskey, fit: withPasskey},
	"POST /v1/login/passkey /passkey/id":                   {sized: letters, codes: longPasskey},
	"POST /v1/login/passkey /passkey/clientData":           {sized: letters, codes: longPasskey},
	"POST /v1/login/passkey /passkey/authenticatorData":    {sized: letters, codes: longPasskey},
	"POST /v1/login/passkey /passkey/signature":            {sized: letters, codes: longPasskey},
	"POST /v1/login/passkey /passkey/userHandle":           {sized: letters, codes: longPasskey},
	"POST /v1/factors/passkeys /passkey/id":                {sized: letters, codes: longPasskey},
	"POST /v1/factors/passkeys /passkey/clientData":        {sized: letters, codes: longPasskey},
	"POST /v1/factors/passkeys /passkey/attestationObject": {sized: letters, codes: longPasskey},
	"POST /v1/login/factor /pending":                       {wrong: noToken, codes: noPending},
	"POST /v1/login/factor/passkey /pending":               {wrong: noToken, codes: noPending},
	"POST /v1/factors/totp/confirm /enrolment":             {wrong: noToken, codes: noEnrolment},
	"POST /v1/factors/reset/stop /token":                   {wrong: noToken, codes: noLink},
	"POST /v1/otp /phone":                                  {sized: number},
	"POST /v1/otp /kind": {fit: func(body m, value any) {
		if value == "landline" {
			body["phone"] = landline()
		}
	}},
	"POST /v1/otp /channel":                {},
	"POST /v1/otp/verify /challengeId":     {right: []any{strings.Repeat("A", 26)}, wrong: noID},
	"POST /v1/otp/verify /code":            {sized: padded("123456"), right: []any{"123 456", " 12-34-56 ", "१२३-४५६", "\ufeff123456"}, wrong: []any{"", "12345", "1234567", "12345a"}},
	"PUT /v1/kyc /entityType":              {right: []any{"individual"}, wrong: ofAList},
	"PUT /v1/kyc /fields/*":                {sized: padded("ZZZPZ9999Z")},
	"PUT /v1/kyc /answers/*":               {sized: letters, codes: tooLongText},
	"PATCH /v1/kyc /fields/*":              {sized: padded("ZZZPZ9999Z")},
	"PATCH /v1/kyc /answers/*":             {sized: letters, codes: tooLongText},
	"POST /v1/kyc/documents /requirement":  {right: []any{"partnership_deed"}, wrong: ofAList},
	"POST /v1/kyc/documents /documentType": {right: []any{"partnership_deed"}, wrong: ofAList},
	"POST /v1/kyc/documents /fileName":     {sized: fileName},
	"POST /v1/kyc/documents /contentType": {fit: func(body m, value any) {
		body["fileName"] = "a." + strings.NewReplacer("application/", "", "image/", "").Replace(fmt.Sprint(value))
	}},
	"POST /v1/kyc/documents /size":               {},
	"POST /v1/kyc/documents /sha256":             {right: []any{"", strings.Repeat("aB", 32)}, wrong: []any{strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("z", 64)}},
	"POST /v1/kyc/submit /notice/version":        {right: []any{"", strings.Repeat("a", 64)}, wrong: []any{strings.Repeat("a", 65), "newest"}},
	"POST /v1/kyc/submit /notice/locale":         {sized: language, right: []any{"", "hi", "en-IN"}, wrong: []any{"x", "en_IN", "en-", "हि"}},
	"POST /v1/signatory/open /token":             {wrong: noToken, codes: noLink},
	"POST /v1/signatory/documents /requirement":  {right: []any{"signatory_pan"}, wrong: ofAList},
	"POST /v1/signatory/documents /documentType": {right: []any{"pan_card"}, wrong: ofAList},
	"POST /v1/signatory/documents /fileName":     {sized: fileName},
	"POST /v1/signatory/documents /contentType": {fit: func(body m, value any) {
		body["fileName"] = "a." + strings.NewReplacer("application/", "", "image/", "").Replace(fmt.Sprint(value))
	}},
	"POST /v1/signatory/documents /size":                                {},
	"POST /v1/signatory/documents /sha256":                              {right: []any{"", strings.Repeat("aB", 32)}, wrong: []any{strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("z", 64)}},
	"POST /v1/review/unlock /password":                                  {sized: letters, codes: tooLong},
	"POST /v1/review/search /q":                                         {sized: letters, codes: []string{"query_invalid"}},
	"POST /v1/review/cases/{reference}/claim /takeOver":                 {sized: letters},
	"POST /v1/review/cases/{reference}/release /leaseId":                {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/heartbeat /leaseId":              {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/decision /leaseId":               {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/preview /leaseId":                {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/hold /leaseId":                   {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/ask /leaseId":                    {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/answer /leaseId":                 {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/undo /recordId":                  {right: []any{anID}, wrong: noID},
	"POST /v1/review/cases/{reference}/decision /outcome":               {},
	"POST /v1/review/cases/{reference}/decision /risk":                  {},
	"POST /v1/review/cases/{reference}/decision /note":                  {sized: letters},
	"POST /v1/review/cases/{reference}/preview /outcome":                {},
	"POST /v1/review/cases/{reference}/preview /risk":                   {},
	"POST /v1/review/cases/{reference}/preview /note":                   {sized: letters},
	"POST /v1/review/cases/{reference}/hold /until":                     {right: []any{aTime, "2026-11-25T15:30:00+05:30"}, wrong: []any{"", "tomorrow", "2026-11-25", "2026-11-25 10:00:00Z"}},
	"POST /v1/review/cases/{reference}/hold /note":                      {sized: letters},
	"POST /v1/review/cases/{reference}/ask /question":                   {sized: letters},
	"POST /v1/review/cases/{reference}/answer /text":                    {sized: letters},
	"POST /v1/review/cases/{reference}/reopen /reason":                  {sized: letters},
	"POST /v1/review/cases/{reference}/documents/{id}/original /reason": {sized: letters},
}
