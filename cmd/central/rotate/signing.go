package rotate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"phonon.in/central/shared/jose"
)

// Signing is the keys of ID tokens. The clock replaces them, so all of them stand in one member: use Keys and ChangeKeys.
var Signing = Kind{Current: "keys", Variable: "SIGNING_SECRET_ID"}

func (d document) keys() (jose.Keyset, error) {
	text, err := json.Marshal(d.members)
	if err != nil {
		return jose.Keyset{}, err
	}
	return jose.ParseKeyset(text)
}

// Keys reads the keys.
func (v *Vault) Keys(ctx context.Context) (jose.Keyset, error) {
	d, err := v.read(ctx)
	if err != nil {
		return jose.Keyset{}, err
	}
	return d.keys()
}

// ChangeKeys replaces the keys by what change makes of them, and has every function that reads them do so anew. While the next keys wait
// already it does only that, and returns the *jose.RotatingError of change.
func (r *Rotation) ChangeKeys(ctx context.Context, change func(jose.Keyset) (jose.Keyset, error)) (jose.Keyset, error) {
	d, err := r.Vault.read(ctx)
	if err != nil {
		return jose.Keyset{}, err
	}
	was, err := d.keys()
	if err != nil {
		return was, err
	}
	next, why := change(was)
	if waits, ok := errors.AsType[*jose.RotatingError](why); ok {
		return was, errors.Join(r.reread(ctx, d, "the keys that wait are known"), waits)
	}
	if why != nil {
		return was, why
	}
	text, err := next.Document()
	if err != nil {
		return was, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return was, fmt.Errorf("the keys: %w", err)
	}
	d, err = r.Vault.write(ctx, d, func(d document) { d.members[r.Current] = members["keys"] })
	if err != nil {
		return was, err
	}
	return next, r.reread(ctx, d, "the keys are published")
}
