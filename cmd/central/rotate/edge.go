package rotate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// EdgeStack is the stack of CloudFront and its firewall.
type EdgeStack struct {
	Client *cloudformation.Client
	Name   string
	Pause  func(context.Context, time.Duration) error
}

const (
	parameter  = "EdgeSecret" // of the edge's template
	stackPause = 5 * time.Second
	stackLooks = 360 // half an hour: CloudFront tells all its places
)

// Check says what is wrong with a stack that is to be told a secret.
func (e *EdgeStack) Check(ctx context.Context) error {
	s, err := e.describe(ctx)
	if err != nil {
		return err
	}
	_, err = e.parameters(s, "")
	return err
}

// Tell gives the edge its secret, everything else of it as it is, and waits until it uses it.
func (e *EdgeStack) Tell(ctx context.Context, secret string) error {
	s, err := e.settled(ctx)
	if err != nil {
		return err
	}
	parameters, err := e.parameters(s, secret)
	if err != nil {
		return err
	}
	_, err = e.Client.UpdateStack(ctx, &cloudformation.UpdateStackInput{
		StackName: &e.Name, UsePreviousTemplate: aws.Bool(true), Parameters: parameters, Capabilities: s.Capabilities,
	})
	if api, ok := errors.AsType[smithy.APIError](err); ok && strings.Contains(api.ErrorMessage(), "No updates are to be performed") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the stack %s: %w", e.Name, err)
	}
	if s, err = e.settled(ctx); err != nil {
		return err
	}
	if s.StackStatus != types.StackStatusUpdateComplete {
		return fmt.Errorf("the stack %s could not be updated (%s): its events say why; both secrets are accepted meanwhile. Then repeat the command", e.Name, s.StackStatus)
	}
	return nil
}

// parameters are those of s as they are, with another secret.
func (e *EdgeStack) parameters(s types.Stack, secret string) ([]types.Parameter, error) {
	var all []types.Parameter
	found := false
	for _, p := range s.Parameters {
		if aws.ToString(p.ParameterKey) == parameter {
			found = true
			all = append(all, types.Parameter{ParameterKey: p.ParameterKey, ParameterValue: &secret})
			continue
		}
		all = append(all, types.Parameter{ParameterKey: p.ParameterKey, UsePreviousValue: aws.Bool(true)})
	}
	if !found {
		return nil, fmt.Errorf("the stack %s has no parameter %s: it is not one of edge.yaml", e.Name, parameter)
	}
	return all, nil
}

func (e *EdgeStack) describe(ctx context.Context) (types.Stack, error) {
	found, err := e.Client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &e.Name})
	if err != nil {
		return types.Stack{}, fmt.Errorf("the stack %s: %w", e.Name, err)
	}
	return found.Stacks[0], nil
}

// settled waits until nothing is under way in the stack.
func (e *EdgeStack) settled(ctx context.Context) (types.Stack, error) {
	for range stackLooks {
		s, err := e.describe(ctx)
		if err != nil || !strings.HasSuffix(string(s.StackStatus), "_IN_PROGRESS") {
			return s, err
		}
		if err := e.Pause(ctx, stackPause); err != nil {
			return s, err
		}
	}
	return types.Stack{}, fmt.Errorf("the stack %s is still being updated after %s; repeat the command, which goes on here", e.Name, stackLooks*stackPause)
}
