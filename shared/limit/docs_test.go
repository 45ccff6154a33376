package limit

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write docs/limits.md anew")

// table is every rule in the order of the page, and whose uses it counts.
var table = []struct {
	rule Rule
	per  string
}{
	{SignupIP, "network"}, {SignupAddress, "address"}, {MailGap, "address"}, {MailHour, "address"}, {MailDay, "address"}, {ResetMailHour, "address, for mails to choose a password"},
	{ResetMailDay, "address, for mails to choose a password"}, {VerifyIP, "network"}, {VerifyPassword, "address"}, {LoginIP, "network, of log-ins that have not succeeded"},
	{LoginSpray, "network, of addresses that it failed to log in to; then a captcha"}, {LoginAddressIP, "address and network"}, {LoginAddress, "address"},
	{LoginDevice, "address and known device"}, {ForgotIP, "network"}, {ForgotAddress, "address"}, {ResetIP, "network"}, {PasswordChange, "account"}, {EmailChange, "account"},
	{FactorCode, "account, of codes that were wrong"}, {FactorDay, "account or known device, of codes that were wrong"}, {FactorDevice, "known device, of codes that were wrong"}, {PasskeyIP, "network"}, {FactorWrite, "account"}, {AuthorizeIP, "network"}, {ClientProof, "client and network, of proofs that were wrong"}, {PushClient, "client and network"}, {CodeIP, "network"},
	{CodeGap, "number"}, {CodePhone, "number"}, {CodeAccount, "account"}, {CodePrefix, "10,000 numbers in a row, of codes that were not verified"},
	{CodePrefixIP, "10,000 numbers in a row and network, of codes that were not verified"}, {CallPhone, "number"}, {CodeTryIP, "network"},
	{CallEventIP, "network"}, {UploadAccount, "account"}, {SubmitAccount, "account"}, {WriteAccount, "account"}, {PaperAccount, "account"}, {ExportAccount, "account"},
}

const about = `# Limits

Made from the table in ` + "`shared/limit`" + ` by ` + "`go test ./shared/limit -update`" + `; a test holds it to the code. What is refused is 429 with Retry-After, and
` + "`limit`" + ` in the problem names the row. A network is an IPv4 address, or the /64 of an IPv6 address.

Windows slide: of the window before, the part counts that is less than a window ago. A limit of one is a gap between one use and the next. What a
request has counted is given back where it then fails for a reason of ours, meets another limit, or turns out not to be what the limit is against: a log-in with the
right password ([why](decisions/0002-limits.md)).

| limit | at most | in | for each | people read |
|---|---|---|---|---|
`

// page is docs/limits.md as the table makes it.
func page() string {
	var b strings.Builder
	b.WriteString(about)
	for _, row := range table {
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s | %s |\n", row.rule.Name, row.rule.Max, words(row.rule.Window), row.per, row.rule.Detail)
	}
	fmt.Fprintf(&b, `
**Log-in, beyond the table**
- After %d wrong passwords from one network on one address each further one makes the next try wait: two seconds, then twice as long each time, %s at most. Another network, and a
  device that logged in to the address before, do not wait for that.
- A captcha is asked for after %d wrong passwords for the address within a day; from a network that has failed for %d different addresses within %s; and from one that has more than
  %d log-ins on their way or failed. Fifty people of one office who log in at once are asked for none, and a known device is not asked for what its network does. Who does not
  solve it is not counted: nothing was compared.
- A network that reaches those %d addresses is one security event in the log (`+"`password_spraying`"+`) and one alarm, whatever it goes on to do in that window.
`, freeFailures, words(LoginAddressIP.Window), CaptchaAfter, LoginSpray.Max, words(LoginSpray.Window), CaptchaPerNetwork, LoginSpray.Max)
	return b.String()
}

func words(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

func TestThePageOfLimitsIsThatOfTheTable(t *testing.T) {
	const file = "../../docs/limits.md"
	if *update {
		if err := os.WriteFile(file, []byte(page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != page() {
		t.Errorf("%s is not what the table makes; run go test ./shared/limit -update", file)
	}
}
