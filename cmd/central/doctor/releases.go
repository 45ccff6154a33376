package doctor

import (
	"context"
	"errors"

	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/release"
)

func (s *Subject) readFleet(ctx context.Context) ([]fleet.Member, error) {
	if s.Fleet == nil || len(s.Functions) == 0 {
		return nil, errUnknownSettings
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return s.Fleet.Read(ctx)
}

// release says whether one could come back to what runs.
func (s *Subject) release(context.Context) Finding {
	members, err := s.kept()
	switch {
	case errors.Is(err, errUnknownSettings):
		return s.unnamed("functions")
	case err != nil:
		return s.failed(err)
	}
	const do = "central release --stack ..., after each deployment"
	all := release.All(members)
	if len(all) == 0 {
		return warn(do, "nothing is kept that a rollback could go back to")
	}
	for _, r := range all {
		if r.Runs {
			return ok("what runs is kept as %s, one of %d releases", r.Name, len(all))
		}
	}
	return warn(do, "what runs is not kept: it is none of %d releases", len(all))
}

func (s *Subject) rollback(context.Context) Finding {
	members, err := s.kept()
	switch {
	case errors.Is(err, errUnknownSettings):
		return s.unnamed("functions")
	case err != nil:
		return s.failed(err)
	}
	if to, open := release.Opened(members); open {
		return warn("after the deployment that mends the fault: central rollback --undo; to let it be so: --accept",
			"functions were rolled back to %s, and CloudFormation does not know", to)
	}
	return ok("no function is rolled back")
}
