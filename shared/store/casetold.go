package store

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// told is what a move of a case tells its holder and the products.
func (s *Store) told(p account.Profile, c kyc.Case, r kyc.Record) (actions []types.TransactWriteItem) {
	if m, tells := caseMail(p, c, r); tells {
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	return actions
}
