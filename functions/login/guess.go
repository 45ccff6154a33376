package main

import (
	"context"
	"errors"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/ocsf"
)

// attempt is one try to log in, as it was let in.
type attempt struct {
	uses  []limit.Use // to give back when the password is right
	place limit.Use   // who has to wait after too many failures
	tries int         // of place that have not succeeded, this one included
	known bool        // on a device that has logged in before

	before []account.Session // of the account, where the device is not known
}

// admit counts the try before the password is compared, so that parallel guesses cannot pass the limits. A device that has logged in to
// the address before has tries of its own: strangers cannot use them up, wherever they are.
func (h *handler) admit(ctx context.Context, c *httpapi.Call, address account.Email, solved string) (attempt, error) {
	if device, known := c.KnownDevice(h.keys, address); known {
		return h.admitKnown(ctx, c, limit.LoginDevice.By(device), solved)
	}
	place := limit.LoginAddressIP.By(address.Digest() + "-" + c.Network)
	tried := attempt{place: place, uses: []limit.Use{place, limit.LoginAddress.By(address.Digest()), limit.LoginIP.By(c.Network)}}
	var counts []int
	var addresses int
	var work errgroup.Group
	work.Go(func() (err error) { counts, err = c.Take(ctx, tried.uses...); return err })
	work.Go(func() (err error) {
		addresses, err = h.store.Tried(ctx, c.Now, limit.LoginSpray.By(c.Network))
		return err
	})
	if err := work.Wait(); err != nil {
		return attempt{}, err
	}
	tried.tries = counts[0]
	if counts[1] > limit.CaptchaAfter || counts[2] > limit.CaptchaPerNetwork || addresses >= limit.LoginSpray.Max {
		return tried, h.solved(ctx, c, solved, tried)
	}
	return tried, nil
}

// solved lets nobody in who has not solved the captcha that was asked for, and counts no try of theirs: nothing was compared.
func (h *handler) solved(ctx context.Context, c *httpapi.Call, response string, tried attempt) error {
	err := h.captcha.Verify(ctx, response, c.IP, c.Now)
	if err == nil {
		return nil
	}
	return errors.Join(err, c.Release(ctx, tried.uses...))
}

func (h *handler) admitKnown(ctx context.Context, c *httpapi.Call, device limit.Use, solved string) (attempt, error) {
	tried := attempt{place: device, uses: []limit.Use{device}, known: true}
	counts, err := c.Take(ctx, tried.uses...)
	if err != nil {
		return attempt{}, err
	}
	tried.tries = counts[0]
	if counts[0] > limit.CaptchaAfter {
		return tried, h.solved(ctx, c, solved, tried)
	}
	return tried, nil
}

// spraying is a finding that names a network, as the one thing that is known of who tries.
func (h *handler) spraying(ctx context.Context, c *httpapi.Call) {
	ocsf.Event{Kind: ocsf.Found, At: c.Now, Request: c.RequestID, More: []slog.Attr{
		slog.Group("finding_info", slog.String("uid", c.RequestID), slog.String("title", "password_spraying")), slog.String("network", c.Network),
	}}.Log(ctx, h.log)
}

// failed makes the next try wait where many have failed, and learns when one network tries many addresses: that is one event, however many
// it tries.
func (h *handler) failed(ctx context.Context, c *httpapi.Call, address account.Email, tried attempt) error {
	var work errgroup.Group
	if wait := limit.Wait(tried.tries); wait > 0 {
		work.Go(func() error { return h.store.Delay(ctx, c.Now, tried.place, c.Now.Add(wait)) })
	}
	if !tried.known {
		work.Go(func() error {
			reached, err := h.store.NoteTried(ctx, c.Now, limit.LoginSpray.By(c.Network), address.Digest())
			if reached {
				h.spraying(ctx, c)
			}
			return err
		})
	}
	return work.Wait()
}
