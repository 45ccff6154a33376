package httpapi

import "phonon.in/central/shared/fault"

var errStepUp = fault.New(fault.Forbidden, "step_up_required", "Prove first that it is you: POST /v1/step-up with one of what proofs names. It counts for a quarter of an hour.")

// SteppedUp keeps what may do harm from whoever has only found an open session. It returns the fault step_up_required, with what proves the
// holder of this account, where that was not proved within account.StepUpLife.
func (c *Call) SteppedUp() error {
	if c.Session.SteppedUp(c.Profile, c.Now) {
		return nil
	}
	return errStepUp.With("proofs", c.Profile.Factors.Proofs())
}
