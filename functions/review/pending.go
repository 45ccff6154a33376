package main

import (
	"fmt"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

func pageKey(id account.ID, caseNo int, document string, n int) string {
	return fmt.Sprintf("pages/%s/%d/%s/%d.jpg", id, caseNo, document, n)
}

func flattened(kyc.Document) bool { return false }
