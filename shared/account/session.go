package account

import "time"

// Session is one log-in that is not over yet. The token itself is kept by the client alone.
type Session struct {
	Digest            string // SHA-256 of the token's secret; also the id that the holder sees
	AccountID         ID
	CreatedAt         time.Time
	LastSeenAt        time.Time
	ExpiresAt         time.Time // absolute limit
	Remember          bool
	IP                string
	UserAgent         string
	CredentialVersion int
	ProvenAt          time.Time // when its holder last proved who they are; a log-in does
	ProvenBy          Proof
	TermsDue          string    // version of the terms that were in force when it began and not accepted; empty where they were
	DeskUntil         time.Time // it may work at the review desk until then; zero: its holder proves the password first
}

// Limits of a session: NIST SP 800-63B-4 section 5 asks for an inactivity and an absolute limit.
const (
	SessionIdle     = 8 * time.Hour
	SessionLife     = 24 * time.Hour
	RememberedLife  = 30 * 24 * time.Hour
	sessionTouchGap = 5 * time.Minute
)

// IdleAt is when the session ends unless it is used before. A remembered session has no idle limit.
func (s Session) IdleAt() time.Time {
	if s.Remember {
		return s.ExpiresAt
	}
	if idle := s.LastSeenAt.Add(SessionIdle); idle.Before(s.ExpiresAt) {
		return idle
	}
	return s.ExpiresAt
}

// Open reports whether the session may be used for this account now.
func (s Session) Open(p Profile, now time.Time) bool {
	return now.Before(s.IdleAt()) && s.AccountID == p.ID && s.CredentialVersion == p.CredentialVersion && p.Status == Active
}

// NeedsTouch reports that LastSeenAt is old enough to be worth a write.
func (s Session) NeedsTouch(now time.Time) bool { return now.Sub(s.LastSeenAt) >= sessionTouchGap }

// WaitsFor is the version of the terms that the account has to accept before this session goes on; empty where there is none. Versions are
// dates, and so sort as text.
func (s Session) WaitsFor(p Profile) string {
	if p.TermsVersion < s.TermsDue {
		return s.TermsDue
	}
	return ""
}
