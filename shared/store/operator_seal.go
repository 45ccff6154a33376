package store

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/token"
)

// Resealed is what ResealFactors has done.
type Resealed struct {
	Read   int // items of the table of accounts
	Sealed int // secrets that the previous key had sealed
	Lost   int // secrets that neither key opens
}

// ResealFactors seals with the current key every secret of an app that the previous one has sealed. It reads the whole table of accounts, and says
// after each page how far it is. A secret that was replaced or removed meanwhile stays as it is then, and doing it again does no harm. It is for
// the operator's command line alone.
func (s *Store) ResealFactors(ctx context.Context, keys token.Keyring, progress func(Resealed)) (Resealed, error) {
	var done Resealed
	input := &dynamodb.ScanInput{
		TableName: &s.users, ConsistentRead: aws.Bool(true), FilterExpression: aws.String("sk = :factors AND attribute_exists(totp)"),
		ExpressionAttributeValues: values{":factors": factorsKey("").SK}.marshal(),
	}
	for {
		page, err := s.scan(ctx, input)
		if err != nil {
			return done, err
		}
		done.Read += int(page.ScannedCount)
		for _, found := range page.Items {
			var row factorsRow
			if err := unmarshal(found, &row); err != nil {
				return done, err
			}
			if err := s.reseal(ctx, keys, row, &done); err != nil {
				return done, err
			}
		}
		progress(done)
		if page.LastEvaluatedKey == nil {
			return done, nil
		}
		input.ExclusiveStartKey = page.LastEvaluatedKey
	}
}

func (s *Store) reseal(ctx context.Context, keys token.Keyring, row factorsRow, done *Resealed) error {
	place := strings.TrimPrefix(row.PK, factorsKey("").PK)
	secret, stale, err := keys.Unseal(token.FactorSecret, row.TOTP, place)
	switch {
	case err != nil:
		done.Lost++
		return nil
	case !stale:
		return nil
	}
	_, err = s.update(ctx, "seal anew", s.users, change{
		key: row.key, set: "SET totp = :new ADD version :one", when: "totp = :old",
		values: values{":new": keys.Seal(token.FactorSecret, secret, place), ":old": row.TOTP, ":one": 1},
	})
	if _, changed := conditionFailed(err); changed {
		return nil
	}
	if err == nil {
		done.Sealed++
	}
	return err
}
