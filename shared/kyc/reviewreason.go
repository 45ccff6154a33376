package kyc

import (
	_ "embed"
	"slices"
	"sync"
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
	Code    string `json:"code"`
	Group   string `json:"group"`
	Retry   Retry  `json:"retry"`
	Detail  string `json:"detail"`  // for the holder, where the reviewer writes nothing else
	Purge   bool   `json:"purge"`   // the file is removed at once
	Explain bool   `json:"explain"` // the reviewer has to write a sentence
	Silent  bool   `json:"silent"`  // the holder is not told which reason it is
}

//go:embed reasons.json
var reasonsFile []byte

var reviewReasons = sync.OnceValue(func() []ReviewReason {
	var f struct {
		Reasons []ReviewReason `json:"reasons"`
	}
	if err := strictly(reasonsFile, &f); err != nil {
		panic("kyc: reasons.json: " + err.Error())
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
