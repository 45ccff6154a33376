package kyc

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"
)

// region is a state or union territory.
type region struct {
	Name    string   `json:"name"`
	GST     []string `json:"gst"`     // the first two digits of its GSTINs
	Letters []string `json:"letters"` // in a CIN or a Udyam number
}

//go:embed states.json
var statesFile []byte

// No list of states is closed: registrars' offices are split, and states are renamed. What it does not know is a doubt, never a fault.
var regions = sync.OnceValue(func() (all []region) {
	if err := json.Unmarshal(statesFile, &all); err != nil {
		panic("kyc: states.json: " + err.Error())
	}
	return all
})

func regionWhere(is func(region) bool) (region, bool) {
	i := slices.IndexFunc(regions(), is)
	if i < 0 {
		return region{}, false
	}
	return regions()[i], true
}

func regionByLetters(letters string) (region, bool) {
	return regionWhere(func(r region) bool { return slices.Contains(r.Letters, letters) })
}

func regionByGST(digits string) (region, bool) {
	return regionWhere(func(r region) bool { return slices.Contains(r.GST, digits) })
}

// StateNames are the values of a field of kind state, sorted.
func StateNames() (all []string) {
	for _, r := range regions() {
		all = append(all, r.Name)
	}
	return all
}
