package kyc

import (
	"maps"
	"strings"
	"testing"

	"phonon.in/central/shared/account"
)

// typical is a value that a field takes. They agree with each other.
func typical(f FieldSpec) string {
	pan := func(holder string) string { return "ZZZ" + holder + "Z9999Z" }
	switch f.Kind {
	case "pan":
		return pan((f.Holders + "C")[:1])
	case "cin":
		return "U72900KA2018" + f.Classes[0] + "046374"
	case Choose:
		return f.Choices[0].Value
	}
	return map[Kind]string{
		"text": "12/2015", "name": "Zoya Zaveri", "llpin": "AAA-1234", "tan": "MUMA12345B", "udyam": "UDYAM-GJ-24-0000001", "ifsc": "SBIN0000300", "pin": "380015",
		"din": "00012345", "fcrn": "F01234", "epic": "ABC1234566", "passport": "A1234567", "licence": "MH0120210012345", "mobile": "+919876543210",
		"email": "zoya@example.com", Switch: "yes", StateKind: "Gujarat",
	}[f.Kind]
}

// goodGSTIN has the letter of the holder of the PAN.
var goodGSTIN = map[string]string{
	"C": "24ZZZCZ9999Z1ZP", "P": "27ZZZPZ9999Z1ZS", "F": "29ZZZFZ9999Z1Z9", "T": "07ZZZTZ9999Z1ZM", "H": "33ZZZHZ9999Z1ZG", "A": "09ZZZAZ9999Z1ZL",
	"G": "36ZZZGZ9999Z1ZC", "J": "32ZZZJZ9999Z1ZD",
}

// filled gives every field and file that the case needs, a step at a time: as long as something is missing it cannot be handed in.
func filled(t *testing.T, c Case, typ account.Type) Case {
	t.Helper()
	for range 100 {
		e := Evaluate(c, typ, now)
		if e.CanSubmit {
			return c
		}
		if _, _, err := c.Submit(of(typ), "K7M2-9QXD", now); err == nil {
			t.Fatalf("it was taken without %v", e.Missing)
		}
		missing := e.Missing[0]
		c.Fields, c.Documents = maps.Clone(c.Fields), append([]Document{}, c.Documents...)
		if name, is := fieldName(missing.Pointer); is && missing.Code == "field_missing" {
			spec, _ := c.entityType().Field(name)
			saved, err := c.Patch(Patch{Fields: map[string]*string{name: new(typical(spec))}}, typ, now)
			if err != nil {
				t.Fatal(err)
			}
			c = saved
			continue
		}
		id, is := strings.CutPrefix(missing.Pointer, requirements)
		if !is {
			t.Fatalf("%+v cannot be mended", missing)
		}
		r, _ := c.entityType().Requirement(id)
		d := doc(id, r.Options[len(standing(c, r, now).Documents)].ID, DocClean)
		c.Documents = append(c.Documents, d)
	}
	t.Fatalf("it never ends: %+v", Evaluate(c, typ, now).Missing)
	return c
}

func TestEveryEntityTypeCanBeWalkedFromEmptyToHandedIn(t *testing.T) {
	types := map[string]int{"2026-11": 14, "2026-12": 17}
	for version, count := range types {
		cat, known := Version(version)
		if !known || len(cat.EntityTypes) != count {
			t.Fatalf("%s has %d entity types", version, len(cat.EntityTypes))
		}
		for _, et := range cat.EntityTypes {
			empty := Case{AccountID: "ACCOUNT", No: 1, Status: Draft, EntityType: et.Code, Catalogue: version, Fields: map[string]string{}}
			t.Run(version+" "+et.Code, func(t *testing.T) { walk(t, empty, et) })
			for _, f := range et.Fields {
				if f.Level == Required {
					continue
				}
				// What is given first decides what else is asked for.
				values := []string{typical(f)}
				if f.Kind == "gstin" {
					pan, _ := et.Field("pan")
					values[0] = goodGSTIN[(pan.Holders + "C")[:1]]
				}
				for _, c := range f.Choices {
					values = append(values, c.Value)
				}
				for _, value := range values {
					t.Run(version+" "+et.Code+" with "+f.Name+" "+value, func(t *testing.T) {
						c := empty
						c.Fields = map[string]string{f.Name: value}
						walk(t, c, et)
					})
				}
			}
		}
	}
}

func walk(t *testing.T, c Case, et EntityType) {
	typ := et.AccountTypes[0]
	c = filled(t, c, typ)
	for _, d := range c.Documents {
		if d.Type == "masked_aadhaar" && c.Catalogue == "2026-12" {
			t.Error("it asks for an Aadhaar")
		}
	}
	for _, w := range Evaluate(c, typ, now).Warnings {
		if w.Code != "name_form_disagrees" && w.Code != "cin_state_disagrees" && w.Code != "gstin_state_disagrees" && w.Code != "gst_papers_disagree" && w.Code != "id_type_disagrees" && w.Code != "signatory_pan_same" {
			t.Errorf("an honest case is warned of %+v", w)
		}
	}
	handedIn, _, err := c.Submit(of(typ), "K7M2-9QXD", now)
	if err != nil || handedIn.Status != Submitted || handedIn.Catalogue != c.Catalogue {
		t.Errorf("%s, %v", handedIn.Status, err)
	}
}
