package pattern

import (
	"slices"
	"sync"
	"testing"
)

func TestAPatternMatchesAsItsRegularExpressionDoes(t *testing.T) {
	p := New(`^([a-z]+)-([0-9]+)$`)
	if p.compiled != nil {
		t.Error("it is compiled before its use")
	}
	if !p.MatchString("a-1") || p.MatchString("a-") || p.FindString("ab-12") != "ab-12" || p.FindString("-") != "" {
		t.Error("another match than that of the expression")
	}
	if got := p.FindStringSubmatch("ab-12"); !slices.Equal(got, []string{"ab-12", "ab", "12"}) {
		t.Errorf("groups %q", got)
	}
	if got := p.FindStringSubmatch("-"); got != nil {
		t.Errorf("groups of no match %q", got)
	}
}

func TestAPatternIsCompiledOnceForAllThatUseItTogether(t *testing.T) {
	p := New(`^a+$`)
	var all sync.WaitGroup
	compiled := make([]any, 8)
	for i := range compiled {
		all.Go(func() { compiled[i] = p.Regexp() })
	}
	all.Wait()
	if len(slices.Compact(compiled)) != 1 {
		t.Error("it was compiled more than once")
	}
}

func TestAPatternThatIsNoneIsAPanicAtItsFirstUse(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was taken")
		}
	}()
	New(`(`).MatchString("")
}
