package password

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"phonon.in/central/shared/fault"
)

// vector is from the test suite of the reference implementation (github.com/P-H-C/phc-winner-argon2, src/test.c):
// "password", "somesalt", t=2, m=2^16, p=1.
const vector = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

// ours has our parameters; Python's argon2-cffi made it of "Café-in-7" with a composed é and the salt 0123456789abcdef.
const ours = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$XFOvwRI6BOu/vbQPT6GotAj4JCIgZTnqNSruLYCZydw"

func verify(t testing.TB, p Password, phc string) bool {
	t.Helper()
	ok, err := Verify(t.Context(), p, phc)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	return ok
}

func hash(t testing.TB, s string) string {
	t.Helper()
	phc, err := Hash(t.Context(), read1(t, s))
	if err != nil {
		t.Fatalf("Hash: %v", err)
	}
	return phc
}

func TestVerifyAgreesWithTheReferenceImplementation(t *testing.T) {
	if !verify(t, read1(t, "password"), vector) || !verify(t, read1(t, "Cafe\u0301-in-7"), ours) {
		t.Error("the right password is refused")
	}
	if verify(t, read1(t, "Password"), vector) {
		t.Error("a wrong password is accepted")
	}
}

func TestHashHasTheParametersWePromise(t *testing.T) {
	const prefix = "$argon2id$v=19$m=19456,t=2,p=1$"
	one, two := hash(t, "Xk9#mVq2"), hash(t, "Xk9#mVq2")
	if !strings.HasPrefix(one, prefix) {
		t.Errorf("%s does not begin with %s", one, prefix)
	}
	if one == two {
		t.Error("two hashes of one password are equal: no salt")
	}
	s, err := parse(one)
	if err != nil || len(s.salt) != 16 || len(s.key) != 32 {
		t.Errorf("salt %d bytes, key %d bytes, %v; want 16, 32", len(s.salt), len(s.key), err)
	}
}

func TestOneHashIsComparedWithAllOfTheSameSalt(t *testing.T) {
	salt := []byte("0123456789abcdefTHE-REST-DOES-NOT-COUNT")
	var same []string
	for _, chosen := range []string{"Mango tree 1", "Mango tree 2", "Mango tree 3"} {
		phc, err := HashWith(t.Context(), read1(t, chosen), salt)
		if err != nil {
			t.Fatal(err)
		}
		same = append(same, phc)
	}
	if !verify(t, read1(t, "Mango tree 2"), same[1]) || verify(t, read1(t, "Mango tree 2"), same[0]) {
		t.Error("a hash with a given salt is not one of its password")
	}
	other := hash(t, "Mango tree 4")
	for name, c := range map[string]struct {
		typed string
		phcs  []string
		want  int
	}{
		"nothing to compare with":        {"Mango tree 1", nil, -1},
		"the first":                      {"Mango tree 1", same, 0},
		"the last":                       {"Mango tree 3", same, 2},
		"none":                           {"Mango tree 9", same, -1},
		"twice there: the first":         {"Mango tree 2", append([]string{same[1]}, same...), 0},
		"one of another salt":            {"Mango tree 4", append([]string{other}, same...), 0},
		"a fourth salt is not looked at": {"Mango tree 4", []string{hash(t, "A1-aaaaa"), hash(t, "B1-bbbbb"), hash(t, "C1-ccccc"), other}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := VerifyAny(t.Context(), read1(t, c.typed), c.phcs); err != nil || got != c.want {
				t.Errorf("got %d, %v, want %d", got, err, c.want)
			}
		})
	}
	if _, err := VerifyAny(t.Context(), read1(t, "Mango tree 1"), []string{"$damaged"}); err == nil {
		t.Error("a damaged hash is no error")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, phcs := range [][]string{nil, same} {
		if _, err := VerifyAny(ended, read1(t, "Mango tree 1"), phcs); err == nil {
			t.Errorf("%d hashes were compared without time", len(phcs))
		}
	}
}

func TestPasswordHashedIsThePasswordVerified(t *testing.T) {
	long := strings.Repeat("a", 72)
	for name, c := range map[string]struct {
		chosen, typed string
		same          bool
	}{
		"the same":                             {"Xk9#mVq2", "Xk9#mVq2", true},
		"another case":                         {"Xk9#mVq2", "xk9#mVq2", false},
		"é composed, then decomposed":          {"Caf\u00e9-in-7", "Cafe\u0301-in-7", true},
		"é and e":                              {"Caf\u00e9-in-7", "Cafe-in-7", false},
		"a difference at byte 73, past bcrypt": {long + "b", long + "c", false},
		"a NUL does not end it":                {"Xk9#\x00mVq2", "Xk9#\x00other", false},
		"a space at the end":                   {"Xk9#mVq2", "Xk9#mVq2 ", false},
		"an empty password is not any other":   {"Xk9#mVq2", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := verify(t, read1(t, c.typed), hash(t, c.chosen)); got != c.same {
				t.Errorf("got %v, want %v", got, c.same)
			}
		})
	}
}

func TestVerifyWithoutAnAccountIsNeverTrue(t *testing.T) {
	for _, s := range []string{"", "Xk9#mVq2", strings.Repeat("\x00", 32)} {
		if verify(t, read1(t, s), "") {
			t.Errorf("%q is accepted", s)
		}
	}
}

// With every slot taken and no time to wait, only a road without a hash would get through.
func TestEveryRoadWaitsForACPUAndGivesUpWithTheContext(t *testing.T) {
	for range cap(slots) {
		slots <- struct{}{}
	}
	defer func() {
		for range cap(slots) {
			<-slots
		}
	}()
	p := read1(t, "Xk9#mVq2")
	roads := map[string]func(context.Context) error{
		"a new password":  func(ctx context.Context) error { _, err := Hash(ctx, p); return err },
		"a known account": func(ctx context.Context) error { _, err := Verify(ctx, p, vector); return err },
		"no account":      func(ctx context.Context) error { _, err := Verify(ctx, p, ""); return err },
		"no password":     func(ctx context.Context) error { _, err := Verify(ctx, Password{}, ""); return err },
	}
	for name, road := range roads {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- road(ctx) }()
			cancel()
			err := <-done
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Unavailable || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want fault.Down of a cancelled context", err)
			}
		})
	}
}

func TestNoHashStartsOnceTheContextHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Hash(ctx, Password{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error although a CPU is free", err)
	}
}

func TestFiftyAtOnceTakeTheMemoryOfAFew(t *testing.T) {
	const parallel, each = 50, 19 << 20
	before := heapFromSystem()
	var wg sync.WaitGroup
	for i := range parallel {
		wg.Go(func() {
			if ok, err := Verify(t.Context(), Password{}, ""); ok || err != nil {
				t.Errorf("hash %d: %v, %v", i, ok, err)
			}
		})
	}
	wg.Wait()
	// The collector lets garbage grow to about the size of what is live.
	grown, most := heapFromSystem()-before, int64(4*cap(slots)*each)
	if grown > most {
		t.Errorf("the heap grew by %d MiB, want at most %d", grown>>20, most>>20)
	}
}

// heapFromSystem is the address space the heap has taken, in bytes. It falls when a part
// of it becomes stacks, so a difference of two readings may be negative.
func heapFromSystem() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapSys)
}

// What is stored is bounded on both sides; the bounds themselves are taken.
func TestTheBoundsOfAStoredHashAreTaken(t *testing.T) {
	of := func(memory, time uint32, threads uint8, salt, key int) stored {
		return stored{params{memory, time, threads}, make([]byte, salt), make([]byte, key)}
	}
	for name, s := range map[string]stored{"the least": of(8*1024, 1, 1, 8, 16), "the most": of(most.memory, most.time, most.threads, 64, 64)} {
		if _, err := parse(s.String()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, s := range map[string]stored{
		"less memory": of(8*1024-1, 1, 1, 8, 16), "no pass": of(8*1024, 0, 1, 8, 16), "no lane": of(8*1024, 1, 0, 8, 16), "a shorter salt": of(8*1024, 1, 1, 7, 16),
		"a shorter key": of(8*1024, 1, 1, 8, 15), "more memory": of(most.memory+1, 1, 1, 8, 16), "more passes": of(8*1024, most.time+1, 1, 8, 16),
		"more lanes": of(8*1024, 1, most.threads+1, 8, 16), "a longer salt": of(8*1024, 1, 1, 65, 16), "a longer key": of(8*1024, 1, 1, 8, 65),
	} {
		if _, err := parse(s.String()); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestStoredHashThatIsNotOursIsAnError(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	phc := func(head string) string { return head + "$" + salt + "$" + key }
	for name, stored := range map[string]string{
		"another algorithm":           phc("$argon2i$v=19$m=19456,t=2,p=1"),
		"bcrypt":                      "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"an older version":            phc("$argon2id$v=16$m=19456,t=2,p=1"),
		"no version":                  phc("$argon2id$m=19456,t=2,p=1"),
		"four gigabytes":              phc("$argon2id$v=19$m=4194304,t=2,p=1"),
		"just above the memory bound": phc("$argon2id$v=19$m=65537,t=2,p=1"),
		"memory that overflows":       phc("$argon2id$v=19$m=99999999999,t=2,p=1"),
		"almost no memory":            phc("$argon2id$v=19$m=8,t=2,p=1"),
		"a billion passes":            phc("$argon2id$v=19$m=19456,t=1000000000,p=1"),
		"no pass":                     phc("$argon2id$v=19$m=19456,t=0,p=1"),
		"255 lanes":                   phc("$argon2id$v=19$m=19456,t=2,p=255"),
		"no lane":                     phc("$argon2id$v=19$m=19456,t=2,p=0"),
		"a negative number":           phc("$argon2id$v=19$m=-19456,t=2,p=1"),
		"a sign":                      phc("$argon2id$v=19$m=+19456,t=2,p=1"),
		"leading zeros":               phc("$argon2id$v=19$m=019456,t=2,p=1"),
		"parameters in another order": phc("$argon2id$v=19$t=2,m=19456,p=1"),
		"a parameter too many":        phc("$argon2id$v=19$m=19456,t=2,p=1,x=1"),
		"padding":                     "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "=$" + key,
		"a line break in the key":     "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key[:20] + "\n" + key[20:],
		"no salt":                     "$argon2id$v=19$m=19456,t=2,p=1$$" + key,
		"no key":                      "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$",
		"a key of four bytes":         "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$AAAAAA",
		"a key of a megabyte":         "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + strings.Repeat("A", 1<<20),
		"something after it":          vector + "$",
		"a space":                     " ",
	} {
		t.Run(name, func(t *testing.T) {
			ok, err := Verify(t.Context(), Password{}, stored)
			if ok || err == nil {
				t.Fatalf("got %v, %v; want an error", ok, err)
			}
			var f *fault.Error
			if errors.As(err, &f) {
				t.Error("a fault, that a client would see")
			}
			if strings.Contains(err.Error(), salt) {
				t.Errorf("the error shows the hash: %v", err)
			}
		})
	}
}

func FuzzStoredHashesHaveOneSpellingAndBoundedCost(f *testing.F) {
	for _, s := range []string{vector, "", "$", "$argon2id$v=19$m=19456,t=2,p=1$$", strings.Repeat("$", 5), "$argon2id$v=19$m=%d,t=2,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, phc string) {
		s, err := parse(phc)
		if err != nil {
			return
		}
		if s.String() != phc {
			t.Errorf("%q is also spelt %q", phc, s)
		}
		if s.memory > 64*1024 || s.time > 8 || s.threads > 4 || len(s.salt) > 64 || len(s.key) > 64 {
			t.Errorf("%q costs too much", phc)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	p := read1(b, "Xk9#mVq2")
	phc := hash(b, "Xk9#mVq2")
	for _, c := range []struct{ name, phc string }{{"account", phc}, {"no account", ""}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Verify(b.Context(), p, c.phc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run(fmt.Sprintf("%d at once", cap(slots)), func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := Verify(b.Context(), p, phc); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
