package rotate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/release"
	"phonon.in/central/shared/token"
)

// Rotation replaces one thing. Say hears what is done.
type Rotation struct {
	Kind
	Vault *Vault
	Fleet *fleet.Fleet
	Say   func(string)
	// Reseal seals with the current key whatever the previous one has sealed; nil where nothing is sealed by what is replaced.
	Reseal func(context.Context, token.Keyring) error
}

// State is how far a replacement is before anything is done.
type State struct {
	Absent    bool      // there is nothing to replace
	Open      bool      // a replacement was begun and is not ended
	Drops     bool      // it takes the old one away at its end
	Previous  bool      // there is one from before, which a new replacement would push out
	ChangedAt time.Time // when the secret was written last
}

// Look reads how far a replacement is.
func (r *Rotation) Look(ctx context.Context) (State, error) {
	d, err := r.Vault.read(ctx)
	p := d.phase(r.Kind)
	return State{
		Absent: d.text(r.Current) == "", Open: p.Phase != "", Drops: p.Drop, Previous: d.text(r.Previous) != "", ChangedAt: d.since,
	}, err
}

// Replace replaces a key: it is accepted everywhere before it signs anywhere. With leaked the old one counts no more at the end. It goes
// on where an earlier one was interrupted, and then leaked holds for that one too. Before a key goes, everything that it has sealed is sealed anew.
func (r *Rotation) Replace(ctx context.Context, leaked bool) error {
	d, err := r.Vault.read(ctx)
	if err == nil && d.phase(r.Kind).Phase == "" { // the previous key is about to be pushed out
		err = r.reseal(ctx, d)
	}
	if err != nil {
		return err
	}
	d, err = r.begun(ctx, leaked, func(d document) {
		d.set(r.Previous, r.Fresh())
		d.setPhase(r.Kind, phase{accept, leaked})
	})
	if err != nil {
		return err
	}
	if d.phase(r.Kind).Phase == accept {
		if err := r.reread(ctx, d, "the new one is accepted too"); err != nil {
			return err
		}
		d, err = r.Vault.write(ctx, d, func(d document) {
			current, fresh := d.text(r.Current), d.text(r.Previous)
			d.set(r.Current, fresh)
			d.set(r.Previous, current)
			d.setPhase(r.Kind, phase{use, d.phase(r.Kind).Drop})
		})
		if err != nil {
			return err
		}
	}
	if d.phase(r.Kind).Phase == use {
		if err := r.reread(ctx, d, "the new one is used"); err != nil {
			return err
		}
		if err := r.reseal(ctx, d); err != nil {
			return err
		}
	}
	return r.end(ctx, d)
}

// reseal leaves nothing that the previous key alone can open.
func (r *Rotation) reseal(ctx context.Context, d document) error {
	if r.Reseal == nil || d.text(r.Previous) == "" {
		return nil
	}
	text, err := json.Marshal(map[string]string{"current": d.text(r.Current), "previous": d.text(r.Previous)})
	if err != nil {
		return err
	}
	keys, err := token.ParseKeyring(text)
	if err != nil {
		return err
	}
	return r.Reseal(ctx, keys)
}

// begun reads the secret, and begins where nothing is begun.
func (r *Rotation) begun(ctx context.Context, drops bool, begin func(document)) (document, error) {
	d, err := r.Vault.read(ctx)
	if err != nil {
		return d, err
	}
	if d.text(r.Current) == "" {
		return d, fmt.Errorf("the secret %s has no member %s", r.Vault.ID, r.Current)
	}
	p := d.phase(r.Kind)
	switch {
	case p.Phase == "":
		return r.Vault.write(ctx, d, begin)
	case drops && !p.Drop:
		return r.Vault.write(ctx, d, func(d document) { d.setPhase(r.Kind, phase{p.Phase, true}) })
	}
	return d, nil
}

// end takes the old one away, where that was asked for, and notes that nothing is open any more.
func (r *Rotation) end(ctx context.Context, d document) (err error) {
	if p := d.phase(r.Kind); p.Drop {
		if p.Phase != drop {
			d, err = r.Vault.write(ctx, d, func(d document) {
				d.set(r.Previous, "")
				d.setPhase(r.Kind, phase{drop, true})
			})
			if err != nil {
				return err
			}
		}
		if err := r.reread(ctx, d, "the old one is refused"); err != nil {
			return err
		}
	}
	_, err = r.Vault.write(ctx, d, func(d document) { d.setPhase(r.Kind, phase{}) })
	return err
}

// Offer puts a new one beside the old, and Central uses and accepts both until Drop, while others are told the new one.
func (r *Rotation) Offer(ctx context.Context) error {
	d, err := r.begun(ctx, false, func(d document) {
		d.set(r.Previous, d.text(r.Current))
		d.set(r.Current, r.Fresh())
		d.setPhase(r.Kind, phase{use, false})
	})
	if err != nil {
		return err
	}
	if d.phase(r.Kind).Phase == drop {
		return nil
	}
	return r.reread(ctx, d, "the new one is used, and both are accepted")
}

// Drop ends what Offer began: the old one is refused.
func (r *Rotation) Drop(ctx context.Context) error {
	d, err := r.Vault.read(ctx)
	if err != nil {
		return err
	}
	p := d.phase(r.Kind)
	if p.Phase == "" {
		return errors.New("nothing was begun that could be ended")
	}
	if p.Phase == accept {
		return errors.New("the new one is not in use yet; repeat the command without --done")
	}
	if !p.Drop {
		if d, err = r.Vault.write(ctx, d, func(d document) { d.setPhase(r.Kind, phase{p.Phase, true}) }); err != nil {
			return err
		}
	}
	return r.end(ctx, d)
}

// reread has every function that has the secret read it again, unless it has read this version of it.
func (r *Rotation) reread(ctx context.Context, d document, what string) error {
	var readers atomic.Int32
	err := fleet.Each(r.Fleet.Functions, func(fn fleet.Function) error {
		reads := false
		err := r.Fleet.SetSettings(ctx, fn, func(now fleet.Settings) (fleet.Settings, bool) {
			reads = now.Env[r.Variable] != ""
			if !reads || now.Env[release.Reread] == d.version {
				return now, false
			}
			now.Env[release.Reread] = d.version
			return now, true
		})
		if reads {
			readers.Add(1)
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("not every function could be made to start anew; repeat the command, which goes on here: %w", err)
	case readers.Load() == 0:
		return fmt.Errorf("no function of the stack has %s: nothing reads this secret", r.Variable)
	}
	r.Say(fmt.Sprintf("%s, by %d of the functions", what, readers.Load()))
	return nil
}

// Value is the present one, for what has to be told it.
func (r *Rotation) Value(ctx context.Context) (string, error) {
	d, err := r.Vault.read(ctx)
	return d.text(r.Current), err
}
