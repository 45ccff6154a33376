package load

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/token"
)

func TestAnAccountThatIsWrittenIsWhatTheStoreWrites(t *testing.T) {
	m, err := newMould(t.Context(), "users", "tokens", "2026-01-01", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := m.export(folder, 3); err != nil {
		t.Fatal(err)
	}
	accounts := map[string]bool{}
	for table, kinds := range map[string][]string{
		"users": {"account#|activity#", "account#|consent#", "account#|event#", "account#|profile", "email#|login"}, "tokens": {"signup#|"},
	} {
		items := exportedItems(t, filepath.Join(folder, table, "data", "items.json.gz"))
		if len(items) != 3*len(kinds) {
			t.Fatalf("%d items in %s, want %d for each account", len(items), table, len(kinds))
		}
		for n := range 3 {
			address, err := account.ParseEmail(filled(n))
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, i := range items[n*len(kinds) : (n+1)*len(kinds)] {
				pk, sk := i["pk"]["S"], i["sk"]["S"]
				head, own, _ := strings.Cut(pk, "#")
				rest, _, more := strings.Cut(sk, "#")
				switch head {
				case "account":
					accounts[own] = true
				case "email":
					if own != address.String() || i["passwordHash"]["S"] == "" {
						t.Errorf("%v is no claim on %s", i, address)
					}
				case "signup":
					if rest = ""; own != address.Digest() || i["usedAt"]["S"] == "" {
						t.Errorf("%v is no sign-up of %s that was used", i, address)
					}
				}
				if more {
					rest += "#"
				}
				found = append(found, head+"#|"+rest)
			}
			if slices.Sort(found); !slices.Equal(found, kinds) {
				t.Errorf("account %d has %q in %s, want %q", n, found, table, kinds)
			}
		}
	}
	if len(accounts) != 3 || accounts[markID] {
		t.Errorf("the accounts are %v, want three that differ", accounts)
	}
	for id := range accounts {
		if len(id) != len(token.NewID()) {
			t.Errorf("%q is no id", id)
		}
	}
}

func exportedItems(t *testing.T, file string) (items []map[string]map[string]string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(zip)
	for lines.Scan() {
		var line struct {
			Item map[string]map[string]json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		if strings.Contains(lines.Text(), markID) || strings.Contains(lines.Text(), markAddress) {
			t.Errorf("a mark is left in %s", lines.Text())
		}
		item := map[string]map[string]string{}
		for name, typed := range line.Item {
			item[name] = map[string]string{}
			for of, v := range typed {
				var text string
				json.Unmarshal(v, &text) // what is no text does not matter here
				item[name][of] = text
			}
		}
		items = append(items, item)
	}
	return items
}

func TestEachAccountIsLoggedInToOnce(t *testing.T) {
	for _, accounts := range []int{small, large(true), large(false)} {
		seen := map[int]bool{}
		used := howOften*together + (1+rounds(false))*roundPeople
		for n := range used {
			seen[spread(n, accounts)] = true
		}
		if len(seen) != used {
			t.Errorf("of %d accounts %d are used", accounts, len(seen))
		}
	}
}

func TestUnitsAreThoseOfTheNewestRequestsOfTheirKind(t *testing.T) {
	var seen []asked
	if err := json.Unmarshal([]byte(`[
		{"method": "POST", "path": "/v1/login", "calls": [{"readUnits": 2}, {"writeUnits": 3}, {"readUnits": 1}]},
		{"method": "GET", "path": "/v1/account", "calls": [{"readUnits": 100}]},
		{"method": "POST", "path": "/v1/login", "calls": [{"writeUnits": 4}]},
		{"method": "POST", "path": "/v1/login", "calls": [{"readUnits": 1000}]}]`), &seen); err != nil {
		t.Fatal(err)
	}
	b := Batch{Requests: 2}
	if err := b.count(seen, logIn); err != nil || b.ReadUnits != 3 || b.WriteUnits != 7 {
		t.Errorf("%g and %g units, %v, want 3 and 7", b.ReadUnits, b.WriteUnits, err)
	}
	more := Batch{Requests: 4}
	if more.count(seen, logIn) == nil {
		t.Error("requests that the run does not show are no error")
	}
	none := Batch{Requests: 1}
	if err := json.Unmarshal([]byte(`[{"method": "POST", "path": "/v1/login", "calls": []}]`), &seen); err != nil {
		t.Fatal(err)
	}
	if none.count(seen, logIn) == nil {
		t.Error("a request without a unit is no error, and each of them reads")
	}
}
