package where

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// resource is one resource of the stack: id in the template, name in AWS.
type resource struct{ id, name, kind string }

// readStack takes the names of everything from the stack: from its outputs, which also name a table that is not its own, or else from its
// resources. The origin of the pages is the parameter PublicUrl.
func (s *System) readStack(ctx context.Context, stack string, said Names) error {
	client := cloudformation.NewFromConfig(s.AWS)
	described, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &stack})
	if err != nil {
		return fmt.Errorf("the stack %s: %w", stack, err)
	}
	pages := cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: &stack})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("the resources of the stack %s: %w", stack, err)
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
	found := Names{
		Users: s.outputs["UsersTableName"], Tokens: s.outputs["TokensTableName"], Bucket: s.outputs["UploadsBucketName"], Secret: s.outputs["SecretArn"], Signing: s.outputs["SigningSecretArn"],
		Events: s.outputs["EventsTopicArn"],
	}.or(Names{Users: s.Named("UsersTable"), Tokens: s.Named("TokensTable"), Bucket: s.Named("UploadsBucket"), Secret: s.Named("AppSecret"), Signing: s.Named("SigningSecret"), Events: s.Named("EventsTopic")})
	for _, p := range of.Parameters {
		if aws.ToString(p.ParameterKey) == "PublicUrl" {
			found.PublicURL = aws.ToString(p.ParameterValue)
		}
	}
	s.Names = said.or(found)
	if s.Users == "" || s.Tokens == "" {
		return fmt.Errorf("the stack %s names no tables of users and tokens: it is not Central's", stack)
	}
	return nil
}

// Named is the name of the resource with this id in the template; empty when the stack has none.
func (s *System) Named(id string) string {
	for _, r := range s.resources {
		if r.id == id {
			return r.name
		}
	}
	return ""
}

// NamesOf lists the names of the resources of one type.
func (s *System) NamesOf(kind string) []string {
	var all []string
	for _, r := range s.ofKind(kind) {
		all = append(all, r.name)
	}
	return all
}

// ofKind lists the resources of one type.
func (s *System) ofKind(kind string) []resource {
	var all []resource
	for _, r := range s.resources {
		if r.kind == kind {
			all = append(all, r)
		}
	}
	return all
}

// EdgeSecret is the id of the secret of an edge; empty where the stack has none.
func (s *System) EdgeSecret() string {
	return cmp.Or(s.outputs["EdgeSecretArn"], s.Named("EdgeSecret"))
}

// Template is the stack's own, in JSON, once SAM has processed it; nil where it cannot be read.
func (s *System) Template(ctx context.Context, stack string) []byte {
	found, err := cloudformation.NewFromConfig(s.AWS).GetTemplate(ctx, &cloudformation.GetTemplateInput{
		StackName: &stack, TemplateStage: types.TemplateStageProcessed,
	})
	if err != nil {
		return nil
	}
	return []byte(aws.ToString(found.TemplateBody))
}
