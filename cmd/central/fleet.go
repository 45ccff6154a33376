package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/release"
)

// patience is how often a call of Lambda is tried: it takes 15 a second from a whole account, and others deploy too.
const patience = 8

// openFleet finds the functions of the stack that --stack names. With toChange nothing else may be changing them.
func (c *cli) openFleet(ctx context.Context, toChange bool) (*system, *fleet.Fleet, error) {
	if c.where.stack == "" {
		return nil, nil, badUsage("--stack is needed: the name of a deployed stack, such as central-prod. A local run has no releases and no secret to rotate")
	}
	sys, err := c.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	f := sys.fleet(c)
	switch {
	case len(f.Functions) == 0:
		return nil, nil, fmt.Errorf("the stack %s has no functions", c.where.stack)
	case toChange && changing(sys.status):
		return nil, nil, fmt.Errorf("a deployment of %s is under way (%s): wait for its end, or stop it: aws cloudformation cancel-update-stack --stack-name %s",
			c.where.stack, sys.status, c.where.stack)
	}
	return sys, f, nil
}

// changing says that CloudFormation may still change functions. What it takes away afterwards (CLEANUP) is none of ours.
func changing(status string) bool {
	return strings.HasSuffix(status, "_IN_PROGRESS") && !strings.Contains(status, "CLEANUP")
}

func (s *system) fleet(c *cli) *fleet.Fleet {
	return &fleet.Fleet{
		Lambda: lambda.NewFromConfig(s.aws, func(o *lambda.Options) { o.RetryMaxAttempts = patience }), HTTP: c.web, Functions: s.functions(), Pause: c.pause,
	}
}

// functions lists the stack's functions. Where one has an alias, that is what the stack has others call.
func (s *system) functions() []fleet.Function {
	var all []fleet.Function
	for _, f := range s.ofKind("AWS::Lambda::Function") {
		one := fleet.Function{ID: f.id, Name: f.name}
		for _, a := range s.ofKind("AWS::Lambda::Alias") {
			if named, err := arn.Parse(a.name); err == nil && strings.HasPrefix(named.Resource, "function:"+f.name+":") {
				one.Alias = named.Resource[strings.LastIndexByte(named.Resource, ':')+1:]
			}
		}
		all = append(all, one)
	}
	return all
}

// unaliased says why nothing can be changed where others call an alias: what is changed would reach nobody.
func unaliased(all []fleet.Function) error {
	for _, f := range all {
		if f.Alias != "" {
			return fmt.Errorf("the API calls the alias %s of %s, which the template of an earlier version made: what is changed would reach nobody. "+
				"Deploy the present template first. Until then: aws lambda update-alias --function-name %s --name %s --function-version <the one before>, for each function",
				f.Alias, f.ID, f.Name, f.Alias)
		}
	}
	return nil
}

func (c *cli) keeper(f *fleet.Fleet) *release.Keeper {
	return &release.Keeper{Fleet: f, Now: c.now, Say: func(id, what string) { fmt.Fprintf(c.err, "%s %s\n", id, what) }}
}

// short is the beginning of a hash, enough to tell two apart.
func short(hash string) string { return hash[:min(len(hash), 10)] }
