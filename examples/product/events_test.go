package main

import (
	"fmt"
	"testing"
	"time"
)

func TestAnEventCountsOnceAndAnOlderOneNotAtAll(t *testing.T) {
	p := &product{sessions: newSessions(), accounts: newAccounts()}
	changed, leave := p.accounts.wait("asha")
	defer leave()
	told := func() bool {
		select {
		case <-changed:
			return true
		default:
			return false
		}
	}
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	body := func(id, kind, sub string, at time.Time) string {
		return fmt.Sprintf(`{"Type":"Notification","Message":"{\"id\":\"%s\",\"type\":\"in.phonon.central.%s\",\"subject\":\"%s\",\"time\":\"%s\"}"}`, id, kind, sub, at.Format(time.RFC3339))
	}
	for _, c := range []struct {
		body string
		want bool
	}{
		{body("1", "kyc.approved", "asha", now), true},
		{body("1", "kyc.approved", "asha", now), false},
		{body("2", "kyc.submitted", "asha", now.Add(-time.Hour)), false},
		{body("3", "kyc.approved", "ravi", now.Add(time.Hour)), false},
		{body("4", "something.new", "asha", now.Add(time.Hour)), false},
		{`{"id":"5","type":"in.phonon.central.kyc.expired","subject":"asha","time":"2026-12-02T12:00:00Z"}`, true}, // RawMessageDelivery
		{`what is this`, false},
	} {
		if p.happened(c.body); told() != c.want {
			t.Errorf("told is not %t: %s", c.want, c.body)
		}
	}
	id := p.sessions.open(session{sub: "asha"})
	p.happened(body("6", "account.closed", "asha", now.AddDate(0, 1, 0)))
	if _, ok := p.sessions.get(id); ok || !told() {
		t.Error("a closed account has a session")
	}
}
