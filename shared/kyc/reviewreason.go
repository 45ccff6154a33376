package kyc

import (
	"bytes"
	_ "embed"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Retry says what follows on a reason.
type Retry string

// The kinds of what follows.
const (
	RetryFix   Retry = "fix"   // the holder mends it in the same case
	RetryAgain Retry = "again" // the case is rejected, another may follow
	RetryNever Retry = "never" // rejected for good
)

// ReviewReason is one reason for which a reviewer does not accept a part.
type ReviewReason struct {
	Code    string `yaml:"code"`
	Group   string `yaml:"group"`
	Retry   Retry  `yaml:"retry"`
	Detail  string `yaml:"detail"`  // for the holder, where the reviewer writes nothing else
	Purge   bool   `yaml:"purge"`   // the file is removed at once
	Explain bool   `yaml:"explain"` // the reviewer has to write a sentence
	Silent  bool   `yaml:"silent"`  // the holder is not told which reason it is
}

//go:embed reasons.yaml
var reasonsFile []byte

var reviewReasons = sync.OnceValue(func() []ReviewReason {
	dec := yaml.NewDecoder(bytes.NewReader(reasonsFile))
	dec.KnownFields(true)
	var f struct {
		Reasons []ReviewReason `yaml:"reasons"`
	}
	if err := dec.Decode(&f); err != nil {
		panic("kyc: reasons.yaml: " + err.Error())
	}
	return f.Reasons
})

// ReviewReasons lists them all.
func ReviewReasons() []ReviewReason { return slices.Clone(reviewReasons()) }

func reviewReason(code string) (ReviewReason, bool) {
	all := reviewReasons()
	i := slices.IndexFunc(all, func(r ReviewReason) bool { return r.Code == code })
	if i < 0 {
		return ReviewReason{}, false
	}
	return all[i], true
}

// Told is the reason as its holder hears it: a suspicion keeps its sentence, which is neutral, and loses its name, as the rules against tipping
// off want it (RBI, KYC Directions).
func (r Reason) Told() Reason {
	if known, _ := reviewReason(r.Code); known.Silent {
		r.Code = "not_accepted"
	}
	return r
}

// Words is what a reviewer wrote of a reason where it is more than its code says; else empty.
func (r Reason) Words() string {
	if known, _ := reviewReason(r.Code); known.Detail == r.Detail {
		return ""
	}
	return r.Detail
}
