package where

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet"
)

// patience is how often a call of Lambda is tried: it takes 15 a second from a whole account, and others deploy too.
const patience = 8

// OpenFleet finds the functions of the stack that --stack names. With toChange nothing else may be changing them.
func (c *Call) OpenFleet(ctx context.Context, toChange bool) (*System, *fleet.Fleet, error) {
	if c.Stack == "" {
		return nil, nil, console.BadUsage("--stack is needed: the name of a deployed stack, such as central-prod. A local run has no releases and no secret to rotate")
	}
	sys, err := c.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	f := c.Fleet(sys)
	switch {
	case len(f.Functions) == 0:
		return nil, nil, fmt.Errorf("the stack %s has no functions", c.Stack)
	case toChange && changing(sys.status):
		return nil, nil, fmt.Errorf("a deployment of %s is under way (%s): wait for its end, or stop it: aws cloudformation cancel-update-stack --stack-name %s",
			c.Stack, sys.status, c.Stack)
	}
	return sys, f, nil
}

// changing says that CloudFormation may still change functions. What it takes away afterwards (CLEANUP) is none of ours.
func changing(status string) bool {
	return strings.HasSuffix(status, "_IN_PROGRESS") && !strings.Contains(status, "CLEANUP")
}

// Fleet is the functions of a stack.
func (c *Call) Fleet(s *System) *fleet.Fleet {
	return &fleet.Fleet{
		Lambda: lambda.NewFromConfig(s.AWS, func(o *lambda.Options) { o.RetryMaxAttempts = patience }), HTTP: c.Web, Functions: s.functions(), Pause: c.Pause,
	}
}

// functions lists the stack's functions. Where one has an alias, that is what the stack has others call.
func (s *System) functions() []fleet.Function {
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
