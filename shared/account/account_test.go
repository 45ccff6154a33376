package account

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func TestNext(t *testing.T) {
	details := Details{Type: Individual, FirstName: "Asha", LastName: "Verma", Sector: "education"}
	for name, c := range map[string]struct {
		details Details
		kyc     string
		want    Step
	}{
		"a new account gives its details first":          {Details{}, "not_started", StepDetails},
		"details come first even once documents are in":  {Details{}, "submitted", StepDetails},
		"with details, documents are next":               {details, "not_started", StepKYC},
		"a draft is to be finished":                      {details, "draft", StepKYC},
		"a submitted case leaves nothing to do":          {details, "submitted", StepHome},
		"a case under review leaves nothing to do":       {details, "under_review", StepHome},
		"an approved account goes home":                  {details, "approved", StepHome},
		"a question from the reviewer is to be answered": {details, "needs_info", StepKYC},
		"a rejected case is to be begun anew":            {details, "rejected", StepKYC},
		"an expired case is to be begun anew":            {details, "expired", StepKYC},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Next(Profile{Details: c.details, KYC: c.kyc}); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func session(change func(*Session)) Session {
	s := Session{AccountID: "A", CreatedAt: noon, LastSeenAt: noon, ExpiresAt: noon.Add(SessionLife), CredentialVersion: 3}
	if change != nil {
		change(&s)
	}
	return s
}

func TestSessionOpen(t *testing.T) {
	holder := Profile{ID: "A", Status: Active, CredentialVersion: 3}
	remembered := func(s *Session) { s.Remember, s.ExpiresAt = true, noon.Add(RememberedLife) }
	usedLate := func(s *Session) { s.LastSeenAt = noon.Add(SessionLife - time.Minute) }
	for name, c := range map[string]struct {
		session Session
		profile Profile
		after   time.Duration
		want    bool
	}{
		"is open at once":                                 {session(nil), holder, 0, true},
		"is open until eight hours without use":           {session(nil), holder, SessionIdle - 1, true},
		"ends after eight hours without use":              {session(nil), holder, SessionIdle, false},
		"ends a day after log-in however much it is used": {session(usedLate), holder, SessionLife, false},
		"is open to the last moment of that day":          {session(usedLate), holder, SessionLife - 1, true},
		"that is remembered survives days without use":    {session(remembered), holder, RememberedLife - 1, true},
		"that is remembered ends after thirty days":       {session(remembered), holder, RememberedLife, false},
		"ends when the password changes":                  {session(nil), Profile{ID: "A", Status: Active, CredentialVersion: 4}, 0, false},
		"does not come back with an older password":       {session(nil), Profile{ID: "A", Status: Active, CredentialVersion: 2}, 0, false},
		"is closed while the account is disabled":         {session(nil), Profile{ID: "A", Status: Disabled, CredentialVersion: 3}, 0, false},
		"is closed for an account without a status":       {session(nil), Profile{ID: "A", CredentialVersion: 3}, 0, false},
		"opens no other account":                          {session(nil), Profile{ID: "B", Status: Active, CredentialVersion: 3}, 0, false},
		"that is zero opens nothing":                      {Session{}, Profile{Status: Active}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.session.Open(c.profile, noon.Add(c.after)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestSessionIsTouchedEveryFiveMinutesAtMost(t *testing.T) {
	s := session(nil)
	if s.NeedsTouch(noon.Add(5*time.Minute - 1)) {
		t.Error("a write for every request")
	}
	if !s.NeedsTouch(noon.Add(5 * time.Minute)) {
		t.Error("never touched")
	}
}

func TestSignupUsable(t *testing.T) {
	fresh := Signup{CreatedAt: noon, ExpiresAt: noon.Add(SignupLife)}
	used, member := fresh, fresh
	used.UsedAt, member.Member = noon, true
	for name, c := range map[string]struct {
		signup Signup
		after  time.Duration
		want   bool
	}{
		"at once":                               {fresh, 0, true},
		"until the last moment of a day":        {fresh, SignupLife - 1, true},
		"not after a day":                       {fresh, SignupLife, false},
		"not twice":                             {used, time.Hour, false},
		"never when the address had an account": {member, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.signup.Usable(noon.Add(c.after)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestChallengeHasFiveAttempts(t *testing.T) {
	for attempts, left := range map[int]int{0: 5, 4: 1, 5: 0, 9: 0} {
		if got := (Challenge{Attempts: attempts}).AttemptsLeft(); got != left {
			t.Errorf("after %d: %d left, want %d", attempts, got, left)
		}
	}
}
