package main

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"phonon.in/central/shared/account"
)

const activityPath = "/v1/account/activity"

func TestActivityIsReadPageByPageTheNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, other := w.person(), w.person()
	for i := range 120 {
		w.passes(time.Second)
		s := account.Session{Digest: fmt.Sprint("x", i), AccountID: p.ID, CreatedAt: w.at, LastSeenAt: w.at, ExpiresAt: w.at.Add(time.Hour), CredentialVersion: 1}
		must(t, w.StartSession(t.Context(), s, account.Activity{Kind: "logged_in", At: w.at, IP: "203.0.113.77", UserAgent: "curl/8.5.0"}))
	}
	var seen []string
	after, pages := "", 0
	for {
		page := w.want("200", p.bearer, "GET", activityPath+"?after="+url.QueryEscape(after), nil)
		items := page["items"].([]any)
		for _, i := range items {
			seen = append(seen, i.(is)["at"].(string))
		}
		if first := items[0].(is); pages == 0 && (first["device"] != "curl" || first["network"] != "203.0.113.0/24" || first["kind"] != "logged_in") {
			t.Errorf("%v", first)
		}
		if pages++; len(items) > 50 || pages > 5 {
			t.Fatalf("page %d has %d", pages, len(items))
		}
		if after = page["next"].(string); after == "" {
			break
		}
		// Another's place in the list is a time and an id: what comes is one's own.
		if got := w.want("200", other.bearer, "GET", activityPath+"?after="+url.QueryEscape(after), nil)["items"].([]any); len(got) > 2 {
			t.Errorf("a stranger reads %v", got)
		}
	}
	if len(seen) != 122 { // and the account's beginning, and the first session
		t.Errorf("%d events", len(seen))
	}
	for i := range seen[1:] {
		if seen[i] < seen[i+1] {
			t.Fatalf("%s comes before %s", seen[i], seen[i+1])
		}
	}
}

func TestWhatIsNoPlaceInTheListIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	for _, after := range []string{"x", "2026-11-26", "2026-11-26T09:00:00.000000Z.short", "2026-11-26T09:00:00.000000Z#AAAAAAAAAAAAAAAAAAAAAAAAAA", "account#B", "~", "' OR '1'='1", "2026-11-26T09:00:00.000000Z.AAAAAAAAAAAAAAAAAAAAAAAAAA\x00"} {
		w.want("422 cursor_invalid", p.bearer, "GET", activityPath+"?after="+url.QueryEscape(after), nil)
	}
	w.want("401 unauthenticated", "", "GET", activityPath, nil)
}
