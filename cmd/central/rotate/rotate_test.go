package rotate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"phonon.in/central/cmd/central/fleet/fleettest"
	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/token"
)

const (
	app, edge = "arn:app", "arn:edge"
	old       = "old0123456789old0123456789old0123456789"
	older     = "older0123456789older0123456789older01234"
)

// world is a stack with both secrets and an edge.
type world struct {
	t *testing.T
	*fleettest.AWS
	said []string
}

func newWorld(t *testing.T, document string) *world {
	w := &world{t: t, AWS: fleettest.New(map[string]*fleettest.Func{
		"login":  {Code: "c", Env: map[string]string{"SECRET_ID": app, "EDGE_SECRET_ID": edge, "EDGE": "on"}, Memory: 512, Timeout: 10},
		"signup": {Code: "c", Env: map[string]string{"SECRET_ID": app, "EDGE_SECRET_ID": edge}, Memory: 512, Timeout: 10},
		"web":    {Code: "c", Env: map[string]string{"EDGE_SECRET_ID": edge}, Memory: 512, Timeout: 10},
		"intake": {Code: "c", Env: map[string]string{"EDGE_SECRET_ID": ""}, Memory: 512, Timeout: 10},
	})}
	w.Secret[app], w.Secret[edge] = document, `{"current": "`+old+`"}`
	w.Now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	w.Stacks["central-prod-edge"] = &fleettest.Stack{Status: "CREATE_COMPLETE", Parameters: map[string]string{"PublicHost": "central.example.com", "EdgeSecret": old}}
	return w
}

func (w *world) rotation(kind Kind) *Rotation {
	id := app
	if kind.Variable == "EDGE_SECRET_ID" {
		id = edge
	}
	return &Rotation{
		Kind: kind, Fleet: w.Fleet(), Say: func(s string) { w.said = append(w.said, s) },
		Vault: &Vault{Client: secretsmanager.NewFromConfig(w.Config()), ID: id, Pause: fleettest.NoPause},
	}
}

// follow keeps what each function knows: Lambda starts it anew when it is changed, and then it reads the secret. check sees all after each change.
func (w *world) follow(id, variable string, check func(known map[string]map[string]any)) {
	known := map[string]map[string]any{}
	for name, f := range w.Funcs {
		if f.Env[variable] != "" {
			known[name] = w.Members(id)
		}
	}
	next := ""
	settle := func() {
		if next != "" {
			known[next], next = w.Members(id), ""
			check(known)
		}
	}
	earlier := w.Fail
	w.Fail = func(operation, about string) error {
		settle()
		if earlier != nil {
			if err := earlier(operation, about); err != nil {
				return err
			}
		}
		if _, reads := known[about]; reads && operation == "UpdateFunctionConfiguration" {
			next = about
		}
		return nil
	}
}

func TestAtNoMomentDoesAFunctionRefuseWhatAnotherSigns(t *testing.T) {
	for _, leaked := range []bool{false, true} {
		w := newWorld(t, `{"current": "`+old+`", "captchaSecret": "c", "callSecret": "x", "callSecretPrevious": "y", "other": {"a": [1]}}`)
		changes := 0
		w.follow(app, "SECRET_ID", func(known map[string]map[string]any) {
			changes++
			for signer, a := range known {
				for reader, b := range known {
					if a["current"] != b["current"] && a["current"] != b["previous"] {
						t.Errorf("%s signs with a key that %s does not know", signer, reader)
					}
				}
			}
		})
		if err := w.rotation(Key).Replace(t.Context(), leaked); err != nil {
			t.Fatal(err)
		}
		m := w.Members(app)
		if m["current"] == old || len(fmt.Sprint(m["current"])) != 64 || (m["previous"] == old) == leaked || leaked && m["previous"] != nil {
			t.Errorf("leaked %v: %v", leaked, m)
		}
		if m["captchaSecret"] != "c" || m["callSecret"] != "x" || m["callSecretPrevious"] != "y" || fmt.Sprint(m["other"]) != "map[a:[1]]" || m["currentRotation"] != nil {
			t.Errorf("other members: %v", m)
		}
		if want := map[bool]int{false: 4, true: 6}[leaked]; changes < want-1 {
			t.Errorf("%d changes of two functions", changes)
		}
		if _, err := token.ParseKeyring([]byte(w.Secret[app])); err != nil {
			t.Error(err)
		}
		for _, name := range []string{"web", "intake"} {
			if _, changed := w.Funcs[name].Env["SECRET_VERSION"]; changed {
				t.Errorf("%s does not have the secret, and was changed", name)
			}
		}
		if w.Funcs["login"].Env["EDGE"] != "on" {
			t.Error("another variable is gone")
		}
		if said := strings.Join(w.said, " "); strings.Contains(said, old) || strings.Contains(said, fmt.Sprint(m["current"])) {
			t.Error("a key was said")
		}
	}
}

func TestARotationThatWasInterruptedAnywhereIsFinishedByRepeatingIt(t *testing.T) {
	steps, resumed := 0, 0
	for _, leaked := range []bool{false, true} {
		for stop := 1; ; stop++ {
			w := newWorld(t, `{"current": "`+old+`", "previous": "`+older+`"}`)
			count := 0
			w.Fail = func(operation, _ string) error {
				if strings.HasPrefix(operation, "Update") || strings.Contains(operation, "Put") {
					if count++; count == stop {
						return errors.New("the network is gone")
					}
				}
				return nil
			}
			var first, fresh any
			w.follow(app, "SECRET_ID", func(known map[string]map[string]any) {
				for _, a := range known {
					for _, b := range known {
						if a["current"] != b["current"] && a["current"] != b["previous"] {
							t.Errorf("stopped at %d: locked out", stop)
						}
					}
				}
			})
			failed := w.rotation(Key).Replace(t.Context(), leaked)
			if m := w.Members(app); m["currentRotation"] != nil {
				first = m["previous"]
				if first == old {
					first = m["current"]
				}
			}
			if failed != nil {
				if err := w.rotation(Key).Replace(t.Context(), false); err != nil {
					t.Fatalf("stopped at %d: %v", stop, err)
				}
			}
			m := w.Members(app)
			fresh = m["current"]
			if fresh == old || m["currentRotation"] != nil || first != nil && m["previous"] != nil && first != fresh {
				t.Errorf("stopped at %d: %v, begun with %v", stop, m, first)
			}
			begun := first != nil
			if begun {
				resumed++
			}
			if leaked && begun && m["previous"] != nil {
				t.Errorf("stopped at %d: it was leaked, and the old one still counts", stop)
			}
			if failed == nil {
				steps += stop
				break
			}
		}
	}
	if steps < 14 || resumed < 10 {
		t.Errorf("only %d places were tried, %d of them after it had begun", steps, resumed)
	}
}

func TestOfferingTwiceOffersTheSame(t *testing.T) {
	w := newWorld(t, `{"current": "`+old+`", "callSecret": "whsec_`+strings.Repeat("AAAA", 10)+`"}`)
	r := w.rotation(Call)
	if err := r.Drop(t.Context()); err == nil {
		t.Error("nothing was begun, and it was ended")
	}
	var values []string
	for range 2 {
		if err := r.Offer(t.Context()); err != nil {
			t.Fatal(err)
		}
		v, _ := r.Value(t.Context())
		values = append(values, v)
	}
	m := w.Members(app)
	both, err := callapi.ParseSecrets(token.NewSecret(values[0]), token.NewSecret(fmt.Sprint(m["callSecretPrevious"])))
	if values[0] != values[1] || m["callSecretRotation"] == nil || err != nil || len(both) != 2 || m["current"] != old {
		t.Errorf("%v %v", m, err)
	}
	if err := r.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := w.Members(app); m["callSecret"] != values[0] || m["callSecretPrevious"] != nil || m["callSecretRotation"] != nil {
		t.Error(m)
	}
}

func TestWhatCannotBeReplacedIsSaidAndNothingIsWritten(t *testing.T) {
	for document, says := range map[string]string{
		`{}`: "no member current", `[]`: "no JSON object", `null`: "no JSON object", "": "no JSON object", `{"current": 7}`: "no member current",
	} {
		w := newWorld(t, document)
		if err := w.rotation(Key).Replace(t.Context(), false); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", document, err)
		}
		if len(w.Calls) > 0 {
			t.Errorf("%s: %s", document, w.Calls)
		}
	}
	w := newWorld(t, `{"current": "`+old+`"}`)
	if err := w.rotation(Call).Offer(t.Context()); err == nil || !strings.Contains(err.Error(), "no member callSecret") {
		t.Error(err)
	}
}

// Somebody adds a member by hand while the question stands.
func TestASecretThatChangedMeanwhileIsNotOverwritten(t *testing.T) {
	w := newWorld(t, `{"current": "`+old+`"}`)
	v := w.rotation(Key).Vault
	d, err := v.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other, _ := v.read(t.Context())
	if _, err := v.write(t.Context(), other, func(d document) { d.set("captchaSecret", "theirs") }); err != nil {
		t.Fatal(err)
	}
	if _, err := v.write(t.Context(), d, func(d document) { d.set("captchaSecret", "ours") }); !errors.Is(err, errChanged) {
		t.Error(err)
	}
	if w.Members(app)["captchaSecret"] != "theirs" {
		t.Error("it was overwritten")
	}
}

func TestRandomTextHasNoLetterMoreOftenThanAnother(t *testing.T) {
	seen := map[rune]int{}
	for range 500 {
		for _, c := range letters(64) {
			seen[c]++
		}
	}
	if len(seen) != 62 {
		t.Errorf("%d letters", len(seen))
	}
	for c, n := range seen { // 516 each; six standard deviations are 135
		if n < 380 || n > 652 {
			t.Errorf("%c comes %d times", c, n)
		}
	}
	if slices.Equal([]byte(letters(64)), []byte(letters(64))) {
		t.Error("twice the same")
	}
}

// Two accounts have an app: the secret of one was sealed by the present key, that of the other by the one before.
func TestWhatAKeyHasSealedIsSealedAnewBeforeItGoes(t *testing.T) {
	ring := func(document string) token.Keyring {
		keys, err := token.ParseKeyring([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	for _, leaked := range []bool{false, true} {
		w := newWorld(t, `{"current": "`+old+`", "previous": "`+older+`"}`)
		secret := token.NewSecret("JBSWY3DPEHPK3PXP")
		sealed := map[string]string{
			"a": ring(`{"current":"`+old+`"}`).Seal(token.FactorSecret, secret, "a"), "b": ring(`{"current":"`+older+`"}`).Seal(token.FactorSecret, secret, "b"),
		}
		r, fails := w.rotation(Key), 2
		r.Reseal = func(_ context.Context, keys token.Keyring) error {
			if fails--; fails == 0 {
				return errors.New("the table does not answer")
			}
			for place, text := range sealed {
				plain, stale, err := keys.Unseal(token.FactorSecret, text, place)
				if err != nil {
					t.Errorf("%s is lost", place)
				} else if stale {
					sealed[place] = keys.Seal(token.FactorSecret, plain, place)
				}
			}
			return nil
		}
		if err := r.Replace(t.Context(), leaked); err == nil || w.Members(app)["previous"] != old {
			t.Errorf("the key goes before everything is sealed anew: %v", err)
		}
		if err := r.Replace(t.Context(), leaked); err != nil {
			t.Fatal(err)
		}
		for place, text := range sealed {
			if _, stale, err := ring(w.Secret[app]).Unseal(token.FactorSecret, text, place); stale || err != nil {
				t.Errorf("leaked %t: %s is still sealed by a key that goes: %v", leaked, place, err)
			}
		}
	}
}
