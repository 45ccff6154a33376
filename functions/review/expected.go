package main

import (
	"slices"
	"strings"

	"phonon.in/central/shared/kyc"
)

// addressFields are the parts of an address; what a paper is held to is often one.
var addressFields = []string{"addressLine1", "addressLine2", "city", "state", "pinCode", "postalCode", "country"}

// relevant are the fields that a paper of a type has to agree with, by the type. A name that ends in * is all that begin so.
var relevant = map[string][]string{
	"pan_card": {"legalName", "pan"}, "epan": {"legalName", "pan"},
	"gst_certificate":           append([]string{"gstin", "legalName", "tradeName"}, addressFields...),
	"gst_declaration":           {"legalName", "pan"},
	"udyam_certificate":         {"udyam", "legalName", "tradeName"},
	"incorporation_certificate": {"cin", "llpin", "fcrn", "legalName", "pan"}, "llp_certificate": {"llpin", "legalName", "pan"},
	"firm_registration": {"registrationNumber", "legalName"}, "society_registration": {"registrationNumber", "legalName"},
	"trust_registration": {"registrationNumber", "legalName"},
	"cancelled_cheque":   {"legalName", "tradeName", "ifsc"}, "passbook": {"legalName", "tradeName", "ifsc"},
	"bank_statement": {"legalName", "tradeName", "ifsc"}, "bank_verification_letter": {"legalName", "tradeName", "ifsc"},
	"authorisation_letter": {"legalName", "signatory*", "din"}, "board_resolution": {"legalName", "signatory*", "din"},
	"body_resolution": {"legalName", "signatory*"}, "power_of_attorney": {"legalName", "signatory*"}, "karta_letter": {"legalName", "signatory*"},
}

// expected is what the papers of a requirement have to say, as it was typed: by the types of those that are there, or that could be.
func expected(c kyc.Case, s kyc.Standing) []valueView {
	var wanted []string
	for _, d := range s.Documents {
		wanted = append(wanted, fieldsFor(s.Whose, d.Type)...)
	}
	if wanted == nil {
		wanted = fieldsFor(s.Whose, "")
	}
	values := []valueView{}
	for _, f := range entityOf(c, c.EntityType).Fields {
		if value := c.Fields[f.Name]; value != "" && slices.ContainsFunc(wanted, func(w string) bool { return names(w, f.Name) }) {
			values = append(values, valueView{f.Label, value})
		}
	}
	return values
}

// fieldsFor: a paper of the signatory speaks of the signatory, whatever its type.
func fieldsFor(whose kyc.Holder, documentType string) []string {
	own, listed := relevant[documentType]
	switch {
	case whose == kyc.Signatory:
		return []string{"signatory*", "din", "idType", "passportNumber", "licenceNumber", "voterIdNumber"}
	case listed:
		return own
	}
	return append([]string{"legalName", "tradeName", "pan", "cin", "llpin", "registrationNumber"}, addressFields...)
}

func names(wanted, field string) bool {
	prefix, any := strings.CutSuffix(wanted, "*")
	return wanted == field || any && strings.HasPrefix(field, prefix)
}
