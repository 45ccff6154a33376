package env

import (
	"strings"
	"testing"
)

func reader(vars map[string]string) *Reader {
	return New(func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
}

func TestEverythingThatIsWrongIsReportedAtOnce(t *testing.T) {
	r := reader(map[string]string{"BUDGET": "many", "EMPTY": "", "PROVIDER": "magic", "HOME_URL": "central", "GOOD": "x"})
	r.Text("TABLE")
	r.Text("EMPTY")
	r.Int("BUDGET", 1, 10)
	r.CaptchaProvider("PROVIDER")
	r.Origin("HOME_URL")
	if r.Text("GOOD") != "x" || r.Optional("ABSENT") != "" {
		t.Error("a good variable was not read")
	}
	err := r.Err()
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"TABLE", "EMPTY", "BUDGET", "PROVIDER", "HOME_URL"} {
		if strings.Count(err.Error(), "env: "+name+" ") != 1 {
			t.Errorf("%s is not named once in: %v", name, err)
		}
	}
	for _, name := range []string{"GOOD", "ABSENT"} {
		if strings.Contains(err.Error(), name) {
			t.Errorf("%s is named in: %v", name, err)
		}
	}
}

func TestAChoiceIsOneOfTheWords(t *testing.T) {
	for value, good := range map[string]bool{"aws": true, "api": true, "": false, "AWS": false, "aws ": false, "aws or api": false} {
		r := reader(map[string]string{"X": value})
		if got := r.Choice("X", "aws", "api"); (r.Err() == nil) != good || good && got != value {
			t.Errorf("%q: %q %v", value, got, r.Err())
		}
	}
}

func TestOrigin(t *testing.T) {
	for _, good := range []string{
		"https://central.example.com", "https://central.example.com:8443", "http://127.0.0.1:3000", "http://[::1]:3000", "http://localhost:3000",
	} {
		r := reader(map[string]string{"X": good})
		if got := r.Origin("X"); got != good || r.Err() != nil {
			t.Errorf("%s: %q, %v", good, got, r.Err())
		}
	}
	for _, bad := range []string{
		"", "central.example.com", "https://", "https://central.example.com/", "https://central.example.com/x", "https://central.example.com?x",
		"https://central.example.com#x", "https://user@central.example.com", "//central.example.com", "ftp://central.example.com", "javascript:alert(1)",
		"http://central.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "http://localhost.example.com", "https://a b", " https://central.example.com",
	} {
		r := reader(map[string]string{"X": bad})
		if r.Origin("X"); r.Err() == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestInt(t *testing.T) {
	for value, want := range map[string]int{"1": 1, "10": 10, "5": 5} {
		r := reader(map[string]string{"N": value})
		if got := r.Int("N", 1, 10); got != want || r.Err() != nil {
			t.Errorf("%q: %d, %v", value, got, r.Err())
		}
	}
	for _, value := range []string{"", "0", "11", "-1", "1.5", "x", " 1", "1e1", "99999999999999999999"} {
		r := reader(map[string]string{"N": value})
		if r.Int("N", 1, 10); r.Err() == nil {
			t.Errorf("%q was taken", value)
		}
	}
}

// Nothing but DynamoDB on this very machine makes a run without captcha possible.
func TestCaptchaProvider(t *testing.T) {
	tests := []struct {
		provider, dynamoDB string
		ok                 bool
	}{
		{"altcha", "", true}, {"turnstile", "", true}, {"hcaptcha", "", true}, {"recaptcha", "", true},
		{"", "", false}, {"ALTCHA", "", false}, {"none", "", false},
		{"off", "http://127.0.0.1:8000", true}, {"off", "http://127.9.9.9", true}, {"off", "http://[::1]:8000", true},
		{"off", "", false}, {"off", "https://dynamodb.ap-south-1.amazonaws.com", false}, {"off", "http://10.0.0.1:8000", false},
		{"off", "http://localhost:8000", false}, // a name can lead anywhere
		{"off", "http://127.0.0.1@evil.example", false}, {"off", "http://127.0.0.1.evil.example", false}, {"off", "127.0.0.1:8000", false},
		{"off", "http://0.0.0.0:8000", false}, {"off", "%", false},
	}
	for _, test := range tests {
		r := reader(map[string]string{"P": test.provider, "AWS_ENDPOINT_URL_DYNAMODB": test.dynamoDB, "AWS_ENDPOINT_URL": "http://127.0.0.1"})
		if r.CaptchaProvider("P"); (r.Err() == nil) != test.ok {
			t.Errorf("%q with DynamoDB at %q: %v", test.provider, test.dynamoDB, r.Err())
		}
	}
}

func TestACaptchaIsCheckedElsewhereOnADevelopersMachineAlone(t *testing.T) {
	const here = "http://127.0.0.1:8000"
	for _, row := range []struct {
		at, dynamoDB string
		ok           bool
	}{
		{"", "", true}, {here, here, true},
		{here, "", false}, {here, "https://dynamodb.ap-south-1.amazonaws.com", false}, {"https://evil.example/siteverify", here, false}, {"http://localhost:1", here, false},
	} {
		r := New(func(name string) (string, bool) {
			v := map[string]string{"AT": row.at, "AWS_ENDPOINT_URL_DYNAMODB": row.dynamoDB}[name]
			return v, v != ""
		})
		if got := r.CaptchaEndpoint("AT"); got != row.at || (r.Err() == nil) != row.ok {
			t.Errorf("%q with DynamoDB at %q: %q, %v", row.at, row.dynamoDB, got, r.Err())
		}
	}
}
