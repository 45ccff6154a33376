package load

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// check looks up of some people what they were told has been done, and says what is not there.
func (w *world) check(ctx context.Context, t *tally, most int) (checked int, lost []string) {
	operator := w.newPerson(0)
	defer operator.leave()
	// What could not be delivered at once goes out now, and not within the minute.
	if err := operator.call(ctx, http.MethodPost, "/_local/schedule?function=notify", nil, http.StatusOK, nil); err != nil {
		return 0, []string{err.Error()}
	}
	for p, last := range t.told { // in no order: any of them
		if checked == most || ctx.Err() != nil {
			break
		}
		checked++
		if err := w.holds(ctx, p, last); err != nil {
			lost = append(lost, fmt.Sprintf("after %s: %v", last, err))
		}
	}
	return checked, lost
}

// holds looks up that everything is there up to the last operation that was answered as it should be: the person comes back with another
// browser and logs in.
func (w *world) holds(ctx context.Context, told *person, last operation) error {
	p := *told
	p.client, p.bearer = browser(told.from), ""
	defer p.leave()
	done := func(o operation) bool { return slices.Index(journey, o) <= slices.Index(journey, last) }
	if !done(verify) { // there is no account yet
		_, err := p.message(ctx, p.email)
		return err
	}
	if err := w.do(ctx, &p, logIn); err != nil {
		return err
	}
	var is struct {
		Email     string
		FirstName string
		Phone     struct{ Number string }
	}
	if err := p.ask(ctx, readAccount, nil, &is); err != nil {
		return err
	}
	var kyc struct{ Fields map[string]any }
	if err := p.ask(ctx, readCase, nil, &kyc); err != nil {
		return err
	}
	switch {
	case is.Email != p.email:
		return fmt.Errorf("the account is that of %s, not of %s", is.Email, p.email)
	case done(prove) && is.Phone.Number != p.number:
		return fmt.Errorf("the number of %s is %q, not %s", p.email, is.Phone.Number, p.number)
	case done(saveDetails) && is.FirstName != details["firstName"]:
		return fmt.Errorf("the name of %s is %q", p.email, is.FirstName)
	case done(saveCase) && kyc.Fields["pan"] != fields["pan"]:
		return fmt.Errorf("the PAN of %s is %v", p.email, kyc.Fields["pan"])
	}
	return nil
}
