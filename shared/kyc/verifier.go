package kyc

import (
	"context"
	"fmt"
)

// Register is a public register that numbers can be looked up in.
type Register string

const (
	PANRegister Register = "pan"   // of the tax department
	GSTRegister Register = "gstin" // of the GST network
	MCARegister Register = "cin"   // of the Ministry of Corporate Affairs
)

// Verifier looks a number up. None is configured: until one is, Central knows the form of a number and nothing of its truth.
type Verifier interface {
	// LookUp answers what the register has. An error says that it could not be asked, and nothing about the number.
	LookUp(ctx context.Context, in Register, number string) (Entry, error)
}

// Entry is what a register has under a number.
type Entry struct {
	Found  bool
	Active bool
	Name   string
}

// Findings compares an entry with the case: register_unknown, register_inactive, register_name_disagrees. An entry that fits is no finding.
func (e Entry) Findings(c Case, in Register) []Finding {
	field := string(in)
	switch {
	case !e.Found:
		return []Finding{warning("register_unknown", "The register does not have this number.", field)}
	case !e.Active:
		return []Finding{warning("register_inactive", "The register has this number as one that is not in force.", field)}
	case SimilarNames(e.Name, c.Fields["legalName"]) < SameName:
		return []Finding{warning("register_name_disagrees", fmt.Sprintf("The register has this number for “%s”.", e.Name), field, "legalName")}
	}
	return nil
}
