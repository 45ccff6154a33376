package event_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

const origin = "https://central.example.com"

var at = time.Date(2026, 12, 1, 17, 30, 0, 123456789, time.FixedZone("IST", 19800))

// every has one event of each type, and what differs within one.
func every() []event.Event {
	id := account.ID(token.NewID())
	return []event.Event{
		event.NewAccountVerified(id, at), event.NewAccountClosed(id, at.AddDate(0, 0, 7), at), event.NewAccountReopened(id, at), event.NewAccountErased(id, at),
		event.NewKYCSubmitted(id, 1, "private_limited", at), event.NewKYCApproved(id, 1, "private_limited", at.AddDate(2, 0, 0), at),
		event.NewKYCRejected(id, 2, false, at), event.NewKYCRejected(id, 2, true, at), event.NewKYCExpired(id, 1, at),
	}
}

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join("..", "..", "api", "events", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func envelope(t *testing.T, e event.Event) map[string]any {
	t.Helper()
	text, err := e.Envelope(origin)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

// nothingElse are the types that say nothing but which account it is.
var nothingElse = []event.Type{event.AccountVerified, event.AccountReopened, event.AccountErased}

func TestEveryEventIsACloudEventWhoseDataHasTheSchemaOfItsType(t *testing.T) {
	seen := map[event.Type]bool{}
	for _, e := range every() {
		seen[e.Type] = true
		v := envelope(t, e)
		if err := schema(t, "envelope").Validate(v); err != nil {
			t.Errorf("%s: %v", e.Type, err)
		}
		if err := schema(t, string(e.Type)).Validate(v["data"]); err != nil {
			t.Errorf("%s: %v", e.Type, err)
		}
		if v["type"] != "in.phonon.central."+string(e.Type) || v["subject"] != string(e.Account) || v["id"] != e.ID ||
			v["dataschema"] != origin+"/api/events/"+string(e.Type)+".schema.json" || v["time"] != "2026-12-01T12:00:00.123456Z" {
			t.Errorf("%v", v)
		}
		for _, other := range event.Types {
			alike := e.Type == other || slices.Contains(nothingElse, e.Type) && slices.Contains(nothingElse, other)
			if err := schema(t, string(other)).Validate(v["data"]); (err == nil) != alike {
				t.Errorf("the data of %s against the schema of %s: %v", e.Type, other, err)
			}
		}
	}
	for _, typ := range event.Types {
		if !seen[typ] {
			t.Errorf("no event of the type %s was looked at", typ)
		}
	}
}

func TestASchemaRefusesWhatItDoesNotName(t *testing.T) {
	for _, e := range every() {
		v := envelope(t, e)
		data := v["data"].(map[string]any)
		data["email"] = "asha@example.com"
		if schema(t, string(e.Type)).Validate(data) == nil {
			t.Errorf("%s may carry an address", e.Type)
		}
		delete(data, "email")
		delete(data, "accountId")
		if schema(t, string(e.Type)).Validate(data) == nil {
			t.Errorf("%s needs no account", e.Type)
		}
		v["email"] = "asha@example.com"
		if schema(t, "envelope").Validate(v) == nil {
			t.Error("the envelope may carry an address")
		}
	}
}

func TestEveryTypeHasItsSchemaAndItsLineInTheDocumentation(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "api", "events", "*.schema.json"))
	if err != nil || len(files) != len(event.Types)+1 {
		t.Errorf("%d schemas for %d types and the envelope: %v", len(files), len(event.Types), err)
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "events.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range event.Types {
		if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(typ.SchemaPath()))); err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(doc), "| `"+string(typ)+"` |") {
			t.Errorf("docs/events.md has no row for %s", typ)
		}
		if got, known := event.TypeNamed(typ.FullName()); !known || got != typ {
			t.Errorf("%s is read as %q", typ.FullName(), got)
		}
	}
	if _, known := event.TypeNamed("kyc.lost"); known {
		t.Error("a type that is none is known")
	}
	var listed struct {
		Properties struct {
			Type struct{ Enum []string }
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "api", "events", "envelope.schema.json"))
	if err != nil || json.Unmarshal(text, &listed) != nil || len(listed.Properties.Type.Enum) != len(event.Types) {
		t.Errorf("the envelope lists %v: %v", listed.Properties.Type.Enum, err)
	}
}

func TestAnEventComesOutOfTheOutboxAsItWentIn(t *testing.T) {
	for _, e := range every() {
		m := e.Message(time.Time{})
		if m.ID != e.ID || m.Kind != message.Event || m.To != "" || !m.Due.Equal(e.Time) || !m.NotAfter.Equal(e.Time.Add(event.Life)) {
			t.Errorf("%+v", m)
		}
		got, err := event.Of(m)
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("%+v %v, want %+v", got, err, e)
		}
		before, _ := e.Envelope(origin)
		after, _ := got.Envelope(origin)
		if !slices.Equal(before, after) {
			t.Errorf("%s became %s", before, after)
		}
		if later := e.Message(e.Time.Add(time.Minute)); !later.Due.Equal(e.Time.Add(time.Minute)) {
			t.Errorf("it is due at %s", later.Due)
		}
	}
}

func TestAMessageThatCarriesNoEventIsNotTakenForOne(t *testing.T) {
	good := event.NewAccountVerified("A", at).Message(time.Time{})
	for name, change := range map[string]func(*message.Message){
		"a mail":                     func(m *message.Message) { m.Kind = message.VerifyEmail },
		"one reference too few":      func(m *message.Message) { m.Refs = m.Refs[:2] },
		"a case that is no number":   func(m *message.Message) { m.Refs = []string{m.Refs[0], "one", m.Refs[2]} },
		"data that is no JSON":       func(m *message.Message) { m.Refs = []string{m.Refs[0], m.Refs[1], "{"} },
		"data of another type in it": func(m *message.Message) { m.Refs = []string{m.Refs[0], m.Refs[1], `{"final":"yes"}`} },
	} {
		m := good
		change(&m)
		if _, err := event.Of(m); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
