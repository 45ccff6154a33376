package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/spent"
)

// params are the cost of one hash: memory in KiB, passes, lanes.
type params struct {
	memory, time uint32
	threads      uint8
}

// current is what OWASP's password storage cheat sheet and ASVS 5.0 appendix C give for two passes.
var current = params{memory: 19 * 1024, time: 2, threads: 1}

// most bounds what a stored value may ask for, so that a hostile one cannot take the memory or the time of everybody else.
var most = params{memory: 64 * 1024, time: 8, threads: 4}

const (
	saltLength = 16
	keyLength  = 32
)

// slots bounds how many hashes run at once. More than one a CPU makes each slower and takes 19 MiB more.
var slots = make(chan struct{}, runtime.GOMAXPROCS(0))

// Hash returns the argon2id hash of p as a PHC string. The error is fault.Down when ctx ends before a CPU is free.
func Hash(ctx context.Context, p Password) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt)
	return HashWith(ctx, p, salt)
}

// HashWith is Hash with a salt of the caller's, of which the first 16 bytes count. Passwords that must be compared with one that was
// typed at the cost of one hash need the same salt: those of the pending sign-ups for one address.
func HashWith(ctx context.Context, p Password, salt []byte) (string, error) {
	salt = salt[:saltLength]
	key, err := derive(ctx, p, stored{params: current, salt: salt, key: make([]byte, keyLength)})
	if err != nil {
		return "", err
	}
	return stored{current, salt, key}.String(), nil
}

// dummy costs as much to compare with as a real hash. Its key is not the hash of any known password.
var dummy = stored{params: current, salt: make([]byte, saltLength), key: make([]byte, keyLength)}

// Verify reports whether p is the password that phc was made of. An empty phc, where there is no account, costs the same
// hash and is never true. The error is fault.Down when ctx ends before a CPU is free; any other says that phc is damaged.
func Verify(ctx context.Context, p Password, phc string) (bool, error) {
	want := dummy
	if phc != "" {
		var err error
		if want, err = parse(phc); err != nil {
			return false, err
		}
	}
	got, err := derive(ctx, p, want)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want.key) == 1 && phc != "", nil
}

// mostSalts bounds what one call of VerifyAny costs.
const mostSalts = 3

// VerifyAny returns the index of the first of phcs that p was made of, or -1. It costs one hash for each salt among them, of which three
// count, and one where there is none. Errors are those of Verify.
func VerifyAny(ctx context.Context, p Password, phcs []string) (int, error) {
	if len(phcs) == 0 {
		_, err := derive(ctx, p, dummy)
		return -1, err
	}
	found, keys := -1, map[string][]byte{} // p hashed with each salt
	for i, phc := range phcs {
		want, err := parse(phc)
		if err != nil {
			return -1, err
		}
		with := fmt.Sprint(want.params, want.salt, len(want.key))
		got, done := keys[with]
		switch {
		case !done && len(keys) == mostSalts:
			continue
		case !done:
			if got, err = derive(ctx, p, want); err != nil {
				return -1, err
			}
			keys[with] = got
		}
		if subtle.ConstantTimeCompare(got, want.key) == 1 && found < 0 {
			found = i
		}
	}
	return found, nil
}

func derive(ctx context.Context, p Password, s stored) ([]byte, error) {
	defer spent.On(ctx, "hash")()
	if err := ctx.Err(); err != nil { // select below picks at random when both are ready
		return nil, fault.Down(fmt.Errorf("password: hash: %w", err))
	}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return nil, fault.Down(fmt.Errorf("password: wait for a free CPU: %w", ctx.Err()))
	}
	return argon2.IDKey([]byte(p.normal.Reveal()), s.salt, s.time, s.memory, s.threads, uint32(len(s.key))), nil
}

// stored is a PHC string of argon2id: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>
// (github.com/P-H-C/phc-string-format).
type stored struct {
	params
	salt, key []byte
}

var b64 = base64.RawStdEncoding.Strict()

func (s stored) String() string {
	return s.prefix() + b64.EncodeToString(s.salt) + "$" + b64.EncodeToString(s.key)
}

func (s stored) prefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, s.memory, s.time, s.threads)
}

// errStored never carries the stored value.
var errStored = errors.New("password: the stored hash is not one we can check")

func parse(phc string) (stored, error) {
	parts := strings.Split(phc, "$")
	if len(phc) > 256 || len(parts) != 6 {
		return stored{}, errStored
	}
	var s stored
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &s.memory, &s.time, &s.threads); err != nil {
		return stored{}, errStored
	}
	var err1, err2 error
	s.salt, err1 = b64.DecodeString(parts[4])
	s.key, err2 = b64.DecodeString(parts[5])
	switch {
	case err1 != nil || err2 != nil || s.String() != phc: // one spelling only
	case len(s.salt) < 8 || len(s.salt) > 64 || len(s.key) < 16 || len(s.key) > 64:
	case s.memory < 8*1024 || s.memory > most.memory || s.time < 1 || s.time > most.time || s.threads < 1 || s.threads > most.threads:
	default:
		return s, nil
	}
	return stored{}, errStored
}
