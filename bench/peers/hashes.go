package peers

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"phonon.in/central/bench/lab"
)

// settingsOf is what stands before salt and key in a hash as it is kept: the algorithm and its cost.
func settingsOf(kept string) string {
	f := strings.Split(strings.TrimPrefix(kept, "$"), "$")
	switch {
	case len(f) == 5 && f[0] == "argon2id": // $argon2id$v=19$m=19456,t=2,p=1$salt$key
		return "argon2id " + f[2]
	case len(f) == 3 && strings.HasPrefix(f[0], "2"): // $2a$12$saltandkey
		return "bcrypt " + f[1]
	default:
		return "unknown"
	}
}

// readHashes looks at what each keeps of a password: an equal hash is one, or there is no measurement.
func (b *bench) readHashes(ctx context.Context) error {
	kept, err := b.central.hashOf(ctx, b.central.people)
	if err != nil {
		return err
	}
	light, err := b.central.hashOf(ctx, b.light)
	if err != nil {
		return err
	}
	b.data.Hash[ours], b.data.Hash[oursLeast] = settingsOf(kept), settingsOf(light)
	for variant, k := range b.kratos {
		if kept, err = k.hash(ctx); err != nil {
			return err
		}
		b.data.Hash[variant] = settingsOf(kept)
	}
	return b.data.checkHashes()
}

func (d Data) checkHashes() error {
	for variant, settings := range d.Hash {
		if !slices.ContainsFunc(alone, func(h hash) bool { return h.settings == settings }) {
			return fmt.Errorf("%s hashes by %s, which the bench does not expect", variant, settings)
		}
	}
	if d.Hash[equal] != d.Hash[ours] {
		return fmt.Errorf("%s hashes by %s, Central by %s: they are not equal", equal, d.Hash[equal], d.Hash[ours])
	}
	return nil
}

// hash is a kind of hash that a variant uses, to be measured alone.
type hash struct {
	settings string
	once     func() error
}

var alone = []hash{
	{"argon2id m=19456,t=2,p=1", func() error { argon2.IDKey([]byte(password), salt, 2, 19456, 1, 32); return nil }},
	{"argon2id m=8192,t=1,p=1", func() error { argon2.IDKey([]byte(password), salt, leastPasses, leastMemory, 1, 32); return nil }},
	{"argon2id m=8,t=1,p=1", func() error { argon2.IDKey([]byte(password), salt, 1, 8, 1, 32); return nil }},
	{"bcrypt 12", func() error { _, err := bcrypt.GenerateFromPassword([]byte(password), 12); return err }},
}

var salt = []byte("sixteen bytes of")

// yardstick measures one bcrypt-10, and each hash alone, in this process, which does nothing else meanwhile. Both sides of the comparison use the
// same code of golang.org/x/crypto.
func (b *bench) yardstick(ctx context.Context) error {
	unit, err := b.Yardstick(ctx)
	if err != nil {
		return err
	}
	b.data.YardstickMs = append(b.data.YardstickMs, ms(unit))
	for _, h := range alone {
		before := lab.CPU(os.Getpid())
		n := b.hashes
		if strings.HasPrefix(h.settings, "bcrypt") { // a quarter of a second each, and always the same
			n = 2
		}
		for range n {
			if err := h.once(); err != nil {
				return err
			}
		}
		b.data.HashMs[h.settings] = append(b.data.HashMs[h.settings], ms(lab.CPU(os.Getpid())-before)/float64(n))
	}
	return ctx.Err()
}
