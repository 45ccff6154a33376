package fleettest

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"phonon.in/central/cmd/central/fleet"
)

// answer is what AWS answers to one call.
func (a *AWS) answer(in any) (any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	operation, about := named(in)
	if err := a.fails(operation, about); err != nil {
		return nil, err
	}
	if out, err, known := a.others(in); known {
		return out, err
	}
	if out, known := a.signing(in); known {
		return out, nil
	}
	f := a.Funcs[about]
	if f == nil {
		return nil, missing("no function " + about)
	}
	if out, err, known := a.reads(in, f); known {
		return out, err
	}
	return a.writes(in, f)
}

func named(in any) (operation, about string) {
	switch in := in.(type) {
	case *lambda.ListVersionsByFunctionInput:
		return "ListVersionsByFunction", *in.FunctionName
	case *lambda.ListAliasesInput:
		return "ListAliases", *in.FunctionName
	case *lambda.GetFunctionInput:
		return "GetFunction", *in.FunctionName
	case *lambda.GetFunctionConfigurationInput:
		return "GetFunctionConfiguration", *in.FunctionName
	case *lambda.GetFunctionCodeSigningConfigInput:
		return "GetFunctionCodeSigningConfig", *in.FunctionName
	case *lambda.PublishVersionInput:
		return "PublishVersion", *in.FunctionName
	case *lambda.CreateAliasInput:
		return "CreateAlias", *in.FunctionName
	case *lambda.UpdateAliasInput:
		return "UpdateAlias", *in.FunctionName
	case *lambda.DeleteAliasInput:
		return "DeleteAlias", *in.FunctionName
	case *lambda.DeleteFunctionInput:
		return "DeleteFunction", *in.FunctionName
	case *lambda.UpdateFunctionCodeInput:
		return "UpdateFunctionCode", *in.FunctionName
	case *lambda.UpdateFunctionConfigurationInput:
		return "UpdateFunctionConfiguration", *in.FunctionName
	}
	return fmt.Sprintf("%T", in), ""
}

func (a *AWS) signing(in any) (any, bool) {
	switch in := in.(type) {
	case *lambda.GetFunctionCodeSigningConfigInput:
		out := &lambda.GetFunctionCodeSigningConfigOutput{}
		if p := a.Funcs[*in.FunctionName].Signed; p != "" {
			out.CodeSigningConfigArn = aws.String(string(p))
		}
		return out, true
	case *lambda.GetCodeSigningConfigInput:
		return &lambda.GetCodeSigningConfigOutput{CodeSigningConfig: &types.CodeSigningConfig{CodeSigningPolicies: &types.CodeSigningPolicies{
			UntrustedArtifactOnDeployment: types.CodeSigningPolicy(*in.CodeSigningConfigArn),
		}}}, true
	}
	return nil, false
}

func (a *AWS) reads(in any, f *Func) (any, error, bool) {
	switch in := in.(type) {
	case *lambda.ListVersionsByFunctionInput:
		out := &lambda.ListVersionsByFunctionOutput{Versions: []types.FunctionConfiguration{f.settings()}}
		for i := range f.Versions {
			if !f.Versions[i].gone {
				out.Versions = append(out.Versions, f.Versions[i].settings())
			}
		}
		return out, nil, true
	case *lambda.ListAliasesInput:
		out := &lambda.ListAliasesOutput{}
		for name, alias := range f.Aliases {
			out.Aliases = append(out.Aliases, types.AliasConfiguration{Name: &name, FunctionVersion: &alias.Version, Description: &alias.Note})
		}
		return out, nil, true
	case *lambda.GetFunctionInput:
		of := f.qualified(aws.ToString(in.Qualifier))
		if of == nil {
			return nil, missing("no version " + aws.ToString(in.Qualifier)), true
		}
		c := of.settings()
		if f.busy > 0 {
			c.LastUpdateStatus = types.LastUpdateStatusInProgress
			f.busy--
		} else if f.Breaks != "" {
			c.LastUpdateStatus, c.LastUpdateStatusReason = types.LastUpdateStatusFailed, &f.Breaks
		}
		at := "https://code.example.com/" + *in.FunctionName + "/" + aws.ToString(in.Qualifier) + "?X-Amz-Signature=secret"
		return &lambda.GetFunctionOutput{Configuration: &c, Code: &types.FunctionCodeLocation{Location: &at}}, nil, true
	case *lambda.GetFunctionConfigurationInput:
		of := f.qualified(aws.ToString(in.Qualifier))
		if of == nil {
			return nil, missing("no version " + aws.ToString(in.Qualifier)), true
		}
		c := of.settings()
		return &lambda.GetFunctionConfigurationOutput{
			State: c.State, LastUpdateStatus: c.LastUpdateStatus, Environment: c.Environment, CodeSha256: c.CodeSha256, MemorySize: c.MemorySize, Timeout: c.Timeout,
		}, nil, true
	}
	return nil, nil, false
}

func (a *AWS) writes(in any, f *Func) (any, error) {
	switch in := in.(type) {
	case *lambda.PublishVersionInput:
		if err := f.conflict(); err != nil {
			return nil, err
		}
		if last := len(f.Versions); last == 0 || f.Versions[last-1].revision != f.revision {
			kept := Func{Code: f.Code, Env: maps.Clone(f.Env), Memory: f.Memory, Timeout: f.Timeout, number: last + 1, revision: f.revision}
			f.Versions = append(f.Versions, kept)
			a.did("PublishVersion", *in.FunctionName)
		}
		return &lambda.PublishVersionOutput{Version: aws.String(strconv.Itoa(len(f.Versions)))}, nil
	case *lambda.CreateAliasInput:
		if _, there := f.Aliases[*in.Name]; there {
			return nil, &types.ResourceConflictException{Message: aws.String("alias exists")}
		}
		f.Aliases[*in.Name] = fleet.Alias{Version: *in.FunctionVersion, Note: aws.ToString(in.Description)}
		a.did("CreateAlias", *in.FunctionName, *in.Name, *in.FunctionVersion)
		return &lambda.CreateAliasOutput{}, nil
	case *lambda.UpdateAliasInput:
		f.Aliases[*in.Name] = fleet.Alias{Version: *in.FunctionVersion, Note: aws.ToString(in.Description)}
		a.did("UpdateAlias", *in.FunctionName, *in.Name, *in.FunctionVersion)
		return &lambda.UpdateAliasOutput{}, nil
	case *lambda.DeleteAliasInput:
		delete(f.Aliases, *in.Name)
		a.did("DeleteAlias", *in.FunctionName, *in.Name)
		return &lambda.DeleteAliasOutput{}, nil
	case *lambda.DeleteFunctionInput:
		return a.deletes(in, f)
	case *lambda.UpdateFunctionCodeInput:
		if err := f.conflict(); err != nil {
			return nil, err
		}
		f.Code = Code(in.ZipFile)
		return &lambda.UpdateFunctionCodeOutput{}, a.served(f, "UpdateFunctionCode", *in.FunctionName)
	case *lambda.UpdateFunctionConfigurationInput:
		if err := f.conflict(); err != nil {
			return nil, err
		}
		if in.RevisionId != nil && *in.RevisionId != strconv.Itoa(f.revision) {
			return nil, &types.PreconditionFailedException{Message: aws.String("another revision")}
		}
		f.Env, f.Memory, f.Timeout = maps.Clone(in.Environment.Variables), *in.MemorySize, *in.Timeout
		return &lambda.UpdateFunctionConfigurationOutput{}, a.served(f, "UpdateFunctionConfiguration", *in.FunctionName)
	}
	return nil, fmt.Errorf("%T was not expected", in)
}

// served notes a change that people meet.
func (a *AWS) served(f *Func, operation, name string) error {
	f.Changed()
	a.did(operation, name)
	a.Served = append(a.Served, fmt.Sprintf("%s %s %v", name, f.Code, f.Env))
	return nil
}

func (a *AWS) deletes(in *lambda.DeleteFunctionInput, f *Func) (any, error) {
	version := aws.ToString(in.Qualifier)
	a.did("DeleteFunction", *in.FunctionName, version)
	if version == "" || version == fleet.Latest {
		delete(a.Funcs, *in.FunctionName)
		return &lambda.DeleteFunctionOutput{}, nil
	}
	for _, alias := range f.Aliases {
		if alias.Version == version {
			return nil, &types.ResourceConflictException{Message: aws.String("an alias points at it")}
		}
	}
	f.qualified(version).gone = true
	return &lambda.DeleteFunctionOutput{}, nil
}
