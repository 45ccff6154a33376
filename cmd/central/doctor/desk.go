package doctor

import (
	"context"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/workday"
)

// reviewers looks whether cases can be decided: rejections, high risk and some entity types need two people.
func (s *Subject) reviewers(ctx context.Context) Finding {
	if s.Users == "" || s.Tokens == "" {
		return skip("the tables' names are not known")
	}
	tables := store.New(s.DynamoDB, s.Users, s.Tokens)
	all, err := tables.Reviewers(ctx)
	if err != nil {
		return s.failed(err)
	}
	able := 0
	for _, r := range all {
		p, err := tables.Profile(ctx, r.AccountID)
		if err != nil {
			return s.failed(err)
		}
		if p.Status == account.Active {
			able++
		}
	}
	if able < 2 {
		return bad("central reviewer add, until there are two: what one rejects, another has to look at", "%d may decide on KYC cases", able)
	}
	return ok("%d may decide on KYC cases", able)
}

// holidays looks whether working hours are counted right, until the end of next year from July on.
func (s *Subject) holidays(context.Context) Finding {
	now := s.Now().In(workday.India)
	years := []int{now.Year()}
	if now.Month() >= 7 {
		years = append(years, now.Year()+1)
	}
	for _, year := range years {
		if !workday.Covers(year) {
			return bad("add them to shared/workday/holidays.txt and deploy (docs/operations.md, Each year: holidays)", "this version does not know the holidays of %d", year)
		}
	}
	return ok("the holidays until the end of %d are known", years[len(years)-1])
}
