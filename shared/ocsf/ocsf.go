// Package ocsf writes security events as the Open Cybersecurity Schema Framework names them, so that what collects logs can file them
// without a parser of its own.
package ocsf

import (
	"context"
	"log/slog"
	"time"
)

// Kind is an activity of a class: schema.ocsf.io, version 1.5.0.
type Kind struct {
	Class        int // class_uid; its first digit is the category
	ClassName    string
	Activity     int // activity_id, 99 where the schema has no name for it
	ActivityName string
}

var (
	Logon       = Kind{authentication, "Authentication", 1, "Logon"}
	Logoff      = Kind{authentication, "Authentication", 2, "Logoff"}
	StepUp      = Kind{authentication, "Authentication", other, "Step Up"}
	PhoneProof  = Kind{authentication, "Authentication", other, "Phone Proof"}
	ResetAsked  = Kind{accountChange, "Account Change", other, "Password Reset Request"}
	Created     = Kind{accountChange, "Account Change", 1, "Create"}
	NewPassword = Kind{accountChange, "Account Change", 3, "Password Change"}
	Reset       = Kind{accountChange, "Account Change", 4, "Password Reset"}
	Deleted     = Kind{accountChange, "Account Change", 6, "Delete"}
	FactorOn    = Kind{accountChange, "Account Change", 10, "MFA Factor Enable"}
	FactorOff   = Kind{accountChange, "Account Change", 11, "MFA Factor Disable"}
	Changed     = Kind{accountChange, "Account Change", other, "Change"}
	Privileges  = Kind{authorizeSession, "Authorize Session", 1, "Assign Privileges"}
	Found       = Kind{detectionFinding, "Detection Finding", 1, "Create"}
)

const (
	detectionFinding = 2004
	accountChange    = 3001
	authentication   = 3002
	authorizeSession = 3003
	other            = 99
)

// Event is one security event. It names nobody but by the account's id, and holds no address: what asked is found by the request's id.
type Event struct {
	Kind    Kind
	At      time.Time
	Account string // the account's id; "" where there is none
	Failed  bool
	Code    string      // why it failed: a code of docs/errors.md
	Request string      // the request's id
	More    []slog.Attr // what this kind has beside it
}

// OCSF's ids: informational, medium, high; success, failure.
const (
	informational, medium, high = 1, 3, 4
	success, failure            = 1, 2
)

// severity of a finding is high, of a failure medium.
func (e Event) severity() (int, string) {
	switch {
	case e.Kind.Class == detectionFinding:
		return high, "High"
	case e.Failed:
		return medium, "Medium"
	}
	return informational, "Informational"
}

// Log writes the event as one line, whatever the level of the log is.
func (e Event) Log(ctx context.Context, log *slog.Logger) {
	level, name := e.severity()
	status, said := success, "Success"
	if e.Failed {
		status, said = failure, "Failure"
	}
	line := slog.NewRecord(e.At, slog.LevelInfo, "security event", 0)
	line.AddAttrs(
		slog.Int("class_uid", e.Kind.Class), slog.String("class_name", e.Kind.ClassName), slog.Int("category_uid", e.Kind.Class/1000),
		slog.Int("activity_id", e.Kind.Activity), slog.String("activity_name", e.Kind.ActivityName), slog.Int("type_uid", e.Kind.Class*100+e.Kind.Activity),
		slog.Int("severity_id", level), slog.String("severity", name), slog.Int("status_id", status), slog.String("status", said),
		slog.Group("metadata", slog.String("version", "1.5.0"), slog.String("correlation_uid", e.Request),
			slog.Group("product", slog.String("name", "Central"), slog.String("vendor_name", "Central"))),
	)
	if e.Account != "" {
		line.AddAttrs(slog.Group("user", slog.String("uid", e.Account)))
	}
	if e.Code != "" {
		line.AddAttrs(slog.String("status_code", e.Code))
	}
	line.AddAttrs(e.More...)
	_ = log.Handler().Handle(ctx, line) // nowhere to tell that standard output is gone
}
