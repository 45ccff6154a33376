package account

import (
	"time"

	"phonon.in/central/shared/fault"
)

// ClosingLife is how long an account that its holder closes can be taken back. Then it is erased.
const ClosingLife = 7 * 24 * time.Hour

// RecordsLife is how long the log of activity and the proof of consent outlive an account: the DPDP Rules 2025, r.8(3), ask for a year of logs;
// 400 days are more in any year.
const RecordsLife = 400 * 24 * time.Hour

// ErrClosing is the fault of an account that is being closed: the member until of the problem says when it is erased.
var ErrClosing = fault.New(fault.Forbidden, "account_closing", "This account is being closed. Take it back, or do nothing: then it is erased.")
