package doctor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	fn "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"golang.org/x/sync/errgroup"

	"phonon.in/central/cmd/central/fleet"
)

// configuration is one function as people get it, and as it was deployed last: the same, unless they get an alias or a version.
type configuration struct {
	called       string // the qualifier: fleet.Latest, a number or an alias
	live, latest *lambda.GetFunctionConfigurationOutput
}

// variables are those that people get.
func (c configuration) variables() map[string]string { return variables(c.live) }

func variables(c *lambda.GetFunctionConfigurationOutput) map[string]string {
	if c.Environment == nil {
		return nil
	}
	return c.Environment.Variables
}

// configurations are those of the functions, by their ids in the template.
type configurations map[string]configuration

var (
	errUnknownSettings = errors.New("the functions are not known")
	errSeeFunctions    = errors.New("the functions' settings cannot be read; see functions")
)

// readIntegrations asks the API which functions it calls, and returns the qualifier of each by the function's name.
func (s *Subject) readIntegrations(ctx context.Context) (map[string]string, error) {
	if s.APIs == nil || s.API == "" {
		return nil, errUnknownSettings
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	all := map[string]string{}
	for in := (&apigatewayv2.GetIntegrationsInput{ApiId: &s.API}); ; {
		page, err := s.APIs.GetIntegrations(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, i := range page.Items {
			if name, qualifier, ok := invoked(aws.ToString(i.IntegrationUri)); ok {
				all[name] = qualifier
			}
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return all, nil
		}
	}
}

// invoked reads which function an integration calls: its ARN, or arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<ARN>/invocations.
func invoked(uri string) (name, qualifier string, ok bool) {
	_, after, found := strings.Cut(uri, "/functions/")
	if found {
		uri = strings.TrimSuffix(after, "/invocations")
	}
	a, err := arn.Parse(uri)
	parts := strings.Split(a.Resource, ":")
	if err != nil || len(parts) < 2 || parts[0] != "function" {
		return "", "", false
	}
	if len(parts) == 2 {
		return parts[1], fleet.Latest, true
	}
	return parts[1], parts[2], true
}

func (s *Subject) readConfigurations(ctx context.Context) (configurations, error) {
	if s.Lambda == nil || len(s.Functions) == 0 {
		return nil, errUnknownSettings
	}
	called, _ := s.called() // functions-live says what is wrong with that
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	found := make([]configuration, len(s.Functions))
	var work errgroup.Group
	work.SetLimit(5) // Lambda takes 15 calls a second from an account
	for i, f := range s.Functions {
		work.Go(func() (err error) {
			found[i], err = s.readConfiguration(ctx, f, called[f.Name])
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	all := configurations{}
	for i, f := range s.Functions {
		all[f.ID] = found[i]
	}
	return all, nil
}

// readConfiguration reads a function under the qualifier with which it is called. Where the API does not call it, or cannot be asked, that is
// the stack's alias for it.
func (s *Subject) readConfiguration(ctx context.Context, f fleet.Function, qualifier string) (c configuration, err error) {
	c.called = orElse(qualifier, orElse(f.Alias, fleet.Latest))
	if c.latest, err = s.Lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &f.Name}); err != nil {
		return c, err
	}
	if c.live = c.latest; c.called != fleet.Latest {
		c.live, err = s.Lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &f.Name, Qualifier: &c.called})
	}
	return c, err
}

// setting is a variable of the functions; empty when it is not known, or set to nothing. It returns errSeeFunctions.
func (s *Subject) setting(name string) (string, error) {
	all, err := s.configured()
	if errors.Is(err, errUnknownSettings) {
		return s.Settings[name], nil
	}
	if err != nil {
		return "", errSeeFunctions
	}
	for _, c := range all {
		if v := c.variables()[name]; v != "" {
			return v, nil
		}
	}
	return "", nil
}

func (s *Subject) functions(context.Context) Finding {
	all, err := s.configured()
	if errors.Is(err, errUnknownSettings) {
		return s.unnamed("functions")
	}
	if code(err) == noTable {
		return bad("deploy the stack", "a function of the stack is not there")
	}
	if err != nil {
		return s.failed(err)
	}
	var wrong []string
	for _, f := range s.Functions {
		live, latest := all[f.ID].live, all[f.ID].latest
		if live.State != fn.StateActive && live.State != fn.StateInactive { // Lambda puts what nobody calls to sleep
			wrong = append(wrong, f.ID+" is "+string(live.State)+" "+aws.ToString(live.StateReason))
		}
		if latest.LastUpdateStatus != fn.LastUpdateStatusSuccessful {
			wrong = append(wrong, "the last update of "+f.ID+" is "+string(latest.LastUpdateStatus)+" "+aws.ToString(latest.LastUpdateStatusReason))
		}
	}
	if len(wrong) > 0 {
		return bad("deploy the stack again", "%s", strings.Join(wrong, "; "))
	}
	return ok("all %d are active, and their last update was successful", len(all))
}

func (s *Subject) environment(context.Context) Finding {
	all, err := s.configured()
	switch {
	case errors.Is(err, errUnknownSettings):
		return s.unnamed("functions")
	case err != nil:
		return skip("%v", errSeeFunctions)
	case s.Declared == nil:
		return skip("the stack's template cannot be read")
	}
	var missing []string
	for _, f := range s.Functions {
		for _, name := range s.Declared[f.ID] {
			if all[f.ID].variables()[name] == "" {
				missing = append(missing, f.ID+" lacks "+name)
			}
		}
	}
	if len(missing) > 0 {
		return bad("deploy the stack again", "%s", strings.Join(missing, "; "))
	}
	return ok("every function has the variables that the template sets")
}

// live says whether people get what was deployed last.
func (s *Subject) live(context.Context) Finding {
	all, err := s.configured()
	switch {
	case errors.Is(err, errUnknownSettings):
		return s.unnamed("functions")
	case err != nil:
		return skip("%v", errSeeFunctions)
	}
	if _, err := s.called(); err != nil {
		if errors.Is(err, errUnknownSettings) {
			return s.unnamed("API")
		}
		return s.failed(err)
	}
	var others, differ []string
	for _, f := range s.Functions {
		c := all[f.ID]
		if c.called == fleet.Latest {
			continue
		}
		others = append(others, f.ID+" by "+c.called)
		if parts := differing(c.live, c.latest); len(parts) > 0 {
			differ = append(differ, f.ID+" ("+c.called+"): "+strings.Join(parts, " "))
		}
	}
	switch {
	case len(differ) > 0:
		return bad("deploy the present template, which has no alias; or publish a version of each and lead its alias there",
			"people do not get what was deployed last: %s", strings.Join(differ, "; "))
	case len(others) > 0:
		return ok("%s are called, and are what was deployed last", strings.Join(others, ", "))
	}
	return ok("people get what was deployed last, of all %d functions", len(all))
}

// differing names what of two configurations is not the same.
func differing(a, b *lambda.GetFunctionConfigurationOutput) []string {
	var parts []string
	for what, same := range map[string]bool{
		"code":    aws.ToString(a.CodeSha256) == aws.ToString(b.CodeSha256),
		"memory":  aws.ToInt32(a.MemorySize) == aws.ToInt32(b.MemorySize),
		"timeout": aws.ToInt32(a.Timeout) == aws.ToInt32(b.Timeout),
	} {
		if !same {
			parts = append(parts, what)
		}
	}
	here, there := variables(a), variables(b)
	names := maps.Clone(here)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, there)
	for name := range names {
		if here[name] != there[name] {
			parts = append(parts, name)
		}
	}
	slices.Sort(parts)
	return parts
}
