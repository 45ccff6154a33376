package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// resource is one resource of the stack: id in the template, name in AWS.
type resource struct{ id, name, kind string }

// readStack takes the names of everything from the stack: from its outputs, which also name a table that is not its own, or else from its
// resources. The origin of the pages is the parameter PublicUrl.
func (s *system) readStack(ctx context.Context, w where) error {
	client := cloudformation.NewFromConfig(s.aws)
	described, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &w.stack})
	if err != nil {
		return fmt.Errorf("the stack %s: %w", w.stack, err)
	}
	pages := cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: &w.stack})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("the resources of the stack %s: %w", w.stack, err)
		}
		for _, r := range page.StackResourceSummaries {
			s.resources = append(s.resources, resource{aws.ToString(r.LogicalResourceId), aws.ToString(r.PhysicalResourceId), aws.ToString(r.ResourceType)})
		}
	}
	of := described.Stacks[0]
	s.status, s.outputs = string(of.StackStatus), map[string]string{}
	for _, o := range of.Outputs {
		s.outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	found := names{
		users: s.outputs["UsersTableName"], tokens: s.outputs["TokensTableName"], bucket: s.outputs["UploadsBucketName"], secret: s.outputs["SecretArn"], signing: s.outputs["SigningSecretArn"],
		events: s.outputs["EventsTopicArn"],
	}.or(names{users: s.named("UsersTable"), tokens: s.named("TokensTable"), bucket: s.named("UploadsBucket"), secret: s.named("AppSecret"), signing: s.named("SigningSecret"), events: s.named("EventsTopic")})
	for _, p := range of.Parameters {
		if aws.ToString(p.ParameterKey) == "PublicUrl" {
			found.publicURL = aws.ToString(p.ParameterValue)
		}
	}
	s.names = w.names.or(found)
	if s.users == "" || s.tokens == "" {
		return fmt.Errorf("the stack %s names no tables of users and tokens: it is not Central's", w.stack)
	}
	return nil
}

// named is the name of the resource with this id in the template; empty when the stack has none.
func (s *system) named(id string) string {
	for _, r := range s.resources {
		if r.id == id {
			return r.name
		}
	}
	return ""
}

// ofKind lists the resources of one type.
func (s *system) ofKind(kind string) []resource {
	var all []resource
	for _, r := range s.resources {
		if r.kind == kind {
			all = append(all, r)
		}
	}
	return all
}
