package fleettest

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// Stack is a stack of CloudFormation.
type Stack struct {
	Status     string
	Parameters map[string]string
	Outputs    map[string]string
	Resources  []string // "id kind name"
	Template   string   // as SAM has processed it
	// After is the status that an update ends in; "" is UPDATE_COMPLETE.
	After string

	left int // looks until an update ends
}

// others answers what is not of Lambda.
func (a *AWS) others(in any) (any, error, bool) {
	switch in := in.(type) {
	case *sts.GetCallerIdentityInput:
		return &sts.GetCallerIdentityOutput{Arn: aws.String("arn:aws:iam::000000000000:user/ops")}, nil, true
	case *secretsmanager.GetSecretValueInput:
		text, there := a.Secret[*in.SecretId]
		if !there {
			return nil, &smithy.GenericAPIError{Code: "ResourceNotFoundException"}, true
		}
		return &secretsmanager.GetSecretValueOutput{SecretString: &text, VersionId: a.version(*in.SecretId), CreatedDate: &a.Now}, nil, true
	case *secretsmanager.PutSecretValueInput:
		a.Secret[*in.SecretId] = *in.SecretString
		a.versions[*in.SecretId]++
		a.did("PutSecretValue", *in.SecretId)
		return &secretsmanager.PutSecretValueOutput{VersionId: a.version(*in.SecretId)}, nil, true
	case *dynamodb.ScanInput: // the tables are empty
		return &dynamodb.ScanOutput{}, nil, true
	case *cloudformation.DescribeStacksInput:
		s := a.Stacks[*in.StackName]
		if s == nil {
			return nil, &smithy.GenericAPIError{Code: "ValidationError", Message: "Stack with id " + *in.StackName + " does not exist"}, true
		}
		return &cloudformation.DescribeStacksOutput{Stacks: []cfn.Stack{s.described()}}, nil, true
	case *cloudformation.ListStackResourcesInput:
		return a.Stacks[*in.StackName].resources(), nil, true
	case *cloudformation.GetTemplateInput:
		return &cloudformation.GetTemplateOutput{TemplateBody: &a.Stacks[*in.StackName].Template}, nil, true
	case *cloudformation.UpdateStackInput:
		out, err := a.update(in)
		return out, err, true
	}
	return nil, nil, false
}

func (a *AWS) version(secret string) *string {
	return aws.String(secret + "-v" + strconv.Itoa(a.versions[secret]))
}

// Members are those of a secret.
func (a *AWS) Members(secret string) map[string]any {
	var all map[string]any
	if err := json.Unmarshal([]byte(a.Secret[secret]), &all); err != nil {
		panic(err)
	}
	return all
}

func (s *Stack) described() cfn.Stack {
	if s.left > 0 {
		if s.left--; s.left == 0 {
			s.Status = "UPDATE_COMPLETE"
			if s.After != "" {
				s.Status = s.After
			}
		}
	}
	out := cfn.Stack{StackStatus: cfn.StackStatus(s.Status)}
	for name, v := range s.Parameters {
		if name == "EdgeSecret" {
			v = "****" // NoEcho
		}
		out.Parameters = append(out.Parameters, cfn.Parameter{ParameterKey: &name, ParameterValue: &v})
	}
	for name, v := range s.Outputs {
		out.Outputs = append(out.Outputs, cfn.Output{OutputKey: &name, OutputValue: &v})
	}
	return out
}

func (s *Stack) resources() *cloudformation.ListStackResourcesOutput {
	out := &cloudformation.ListStackResourcesOutput{}
	for _, r := range s.Resources {
		var id, kind, name string
		fmt.Sscan(r, &id, &kind, &name)
		out.StackResourceSummaries = append(out.StackResourceSummaries, cfn.StackResourceSummary{
			LogicalResourceId: &id, ResourceType: &kind, PhysicalResourceId: &name,
		})
	}
	return out
}

func (a *AWS) update(in *cloudformation.UpdateStackInput) (any, error) {
	s := a.Stacks[*in.StackName]
	if !aws.ToBool(in.UsePreviousTemplate) {
		return nil, fmt.Errorf("another template")
	}
	differs := false
	for _, p := range in.Parameters {
		if !aws.ToBool(p.UsePreviousValue) {
			differs = differs || s.Parameters[*p.ParameterKey] != *p.ParameterValue
			s.Parameters[*p.ParameterKey] = *p.ParameterValue
		}
	}
	if len(in.Parameters) != len(s.Parameters) {
		return nil, &smithy.GenericAPIError{Code: "ValidationError", Message: "Parameters must have values"}
	}
	if !differs {
		return nil, &smithy.GenericAPIError{Code: "ValidationError", Message: "No updates are to be performed."}
	}
	a.did("UpdateStack", *in.StackName)
	s.Status, s.left = "UPDATE_IN_PROGRESS", 3
	return &cloudformation.UpdateStackOutput{}, nil
}
