package account

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"
)

// Sector is a line of business. Code is stable and stored; Name is for people.
type Sector struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// The file begins with the preference categories of TRAI's TCCCPR 2018 schedule (banking to food), in their order.
//
//go:embed sectors.json
var sectorsJSON []byte

var sectors = sync.OnceValue(func() (list []Sector) {
	if err := json.Unmarshal(sectorsJSON, &list); err != nil {
		panic("account: sectors.json: " + err.Error())
	}
	return list
})

// Sectors lists every sector in the order to show it.
func Sectors() []Sector { return slices.Clone(sectors()) }

func isSector(code string) bool {
	return slices.ContainsFunc(sectors(), func(s Sector) bool { return s.Code == code })
}
