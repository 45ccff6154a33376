package httpapi

import "phonon.in/central/shared/fault"

var errStepUp = fault.New(fault.Forbidden, "step_up_required", "Confirm first that it is you. Nothing was changed.")

// SteppedUp keeps what may do harm from whoever has only found an open session. It returns the fault step_up_required, with what proves the
// holder of this account, where that was not proved within account.StepUpLife.
func (c *Call) SteppedUp() error {
	if c.Session.SteppedUp(c.Profile, c.Now) {
		return nil
	}
	return errStepUp.With("proofs", c.Profile.Factors.Proofs())
}
