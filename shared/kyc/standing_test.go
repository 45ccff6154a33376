package kyc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestTheStandingOfARequirement(t *testing.T) {
	for _, c := range []struct {
		states string
		want   State
	}{
		{"", Missing},
		{"requested", Missing},
		{"uploaded", Checking},
		{"scanning", Checking},
		{"rendering", Checking},
		{"infected", Refused},
		{"infected clean", Ready},
		{"infected rendering", Checking},
		{"clean", Ready},
		{"refused", Refused},
		{"accepted", AllAccepted},
		{"rejected", OneRejected},
		{"rejected clean", Ready},
		{"rejected uploaded", Checking},
		{"refused rejected", OneRejected},
		{"accepted clean", AllAccepted},
		{"superseded", Missing},
	} {
		t.Run(c.states, func(t *testing.T) {
			cs := draft("individual", individual)
			for _, s := range strings.Fields(c.states) {
				cs.Documents = append(cs.Documents, doc("entity_pan", "", DocState(s)))
			}
			if got := standingOf(cs, "entity_pan").State; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func standingOf(c Case, requirement string) Standing {
	listed := Evaluate(c, holderOf(c), now).Requirements
	return listed[slices.IndexFunc(listed, func(s Standing) bool { return s.ID == requirement })]
}

func TestConditionalRequirementsAreListedWhenTheyApplyOrHaveDocuments(t *testing.T) {
	listed := func(c Case) string {
		var ids []string
		for _, s := range Evaluate(c, holderOf(c), now).Requirements {
			if s.Level == Conditional {
				ids = append(ids, fmt.Sprint(s.ID, " ", s.Needed))
			}
		}
		return strings.Join(ids, ", ")
	}
	if got := listed(draft("partnership", nil)); got != "gst_declaration true" {
		t.Error(got)
	}
	fields := map[string]string{"gstin": "x", "registrationNumber": "y"}
	if got := listed(draft("partnership", fields, doc("gst_declaration", "", DocClean))); got != "firm_registration true, gst_certificate true, gst_declaration false" {
		t.Error(got)
	}
}

func TestARefusedFileDisappearsWhenAGoodOneTakesItsPlace(t *testing.T) {
	for _, c := range []struct{ name, requirement, documents, want string }{
		{"alone it is shown", "entity_pan", "epan:refused", "epan:refused"},
		{"a good one after it", "entity_pan", "epan:refused pan_card:clean", "pan_card:clean"},
		{"an accepted one after it", "entity_pan", "epan:refused epan:accepted", "epan:accepted"},
		{"one that is being checked", "entity_pan", "epan:refused epan:uploaded", "epan:refused epan:uploaded"},
		{"a good one before it", "entity_pan", "epan:clean epan:refused", "epan:clean epan:refused"},
		{"a removed one after it", "entity_pan", "epan:refused epan:superseded", "epan:refused"},
		{"two refused, one good", "entity_pan", "epan:refused pan_card:refused epan:clean", "epan:clean"},
		{"a rejected one stays", "entity_pan", "epan:rejected epan:clean", "epan:rejected epan:clean"},
		{"where two are needed, another type", "activity_proof", "iec:refused tax_returns:clean", "iec:refused tax_returns:clean"},
		{"where two are needed, the same type", "activity_proof", "iec:refused tax_returns:clean iec:clean", "tax_returns:clean iec:clean"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cs := draft("sole_proprietorship", nil, doc("personal_id", "passport", DocClean))
			for _, d := range strings.Fields(c.documents) {
				typ, state, _ := strings.Cut(d, ":")
				cs.Documents = append(cs.Documents, doc(c.requirement, typ, DocState(state)))
			}
			var shown []string
			for _, d := range standingOf(cs, c.requirement).Documents {
				shown = append(shown, d.Type+":"+string(d.State))
			}
			if got := strings.Join(shown, " "); got != c.want {
				t.Errorf("shown: %s", got)
			}
		})
	}
}
