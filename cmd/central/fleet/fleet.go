// Package fleet reads and changes the functions of one stack: code, settings, versions and aliases.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"golang.org/x/sync/errgroup"
)

// Latest is the qualifier of what was deployed last.
const Latest = "$LATEST"

// Function is one function: its id in the template, and its name. Alias is the one that callers use; empty where they call what was
// deployed last.
type Function struct{ ID, Name, Alias string }

// Unaliased says why nothing can be changed where others call an alias: what is changed would reach nobody.
func Unaliased(all []Function) error {
	for _, f := range all {
		if f.Alias != "" {
			return fmt.Errorf("the API calls the alias %s of %s, which the template of an earlier version made: what is changed would reach nobody. "+
				"Deploy the present template first. Until then: aws lambda update-alias --function-name %s --name %s --function-version <the one before>, for each function",
				f.Alias, f.ID, f.Name, f.Alias)
		}
	}
	return nil
}

// Fleet is the functions of a stack.
type Fleet struct {
	Lambda    *lambda.Client
	HTTP      *http.Client // fetches packages of code
	Functions []Function
	// Pause waits between two looks at an update. Its error ends the waiting.
	Pause func(context.Context, time.Duration) error
}

// Settings are what a function has besides its code.
type Settings struct {
	Env      map[string]string
	MemoryMB int32
	Timeout  int32 // seconds
}

// State is what a function runs, or what a version of it would run.
type State struct {
	Version       string // a number, or Latest
	Code          string // SHA-256 of the package, in base64
	Architectures []types.Architecture
	Settings
}

// Alias is a name for a version.
type Alias struct{ Version, Note string }

// Member is a function with what it runs and what is kept of it.
type Member struct {
	Function
	Now      State // what callers get
	Versions map[string]State
	Aliases  map[string]Alias
}

// sideBySide bounds the calls at once: Lambda takes 15 a second of most of them in an account.
const sideBySide = 5

// Read looks at all functions.
func (f *Fleet) Read(ctx context.Context) ([]Member, error) {
	all := make([]Member, len(f.Functions))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(sideBySide)
	for i, fn := range f.Functions {
		work.Go(func() (err error) {
			all[i], err = f.read(ctx, fn)
			return err
		})
	}
	return all, work.Wait()
}

func (f *Fleet) read(ctx context.Context, fn Function) (Member, error) {
	m := Member{Function: fn, Versions: map[string]State{}, Aliases: map[string]Alias{}}
	versions := lambda.NewListVersionsByFunctionPaginator(f.Lambda, &lambda.ListVersionsByFunctionInput{FunctionName: &fn.Name})
	for versions.HasMorePages() {
		page, err := versions.NextPage(ctx)
		if err != nil {
			return m, fmt.Errorf("the versions of %s: %w", fn.ID, err)
		}
		for _, c := range page.Versions {
			if e := c.Environment; e != nil && e.Error != nil {
				return m, fmt.Errorf("the environment of %s cannot be read: %s", fn.ID, aws.ToString(e.Error.Message))
			}
			m.Versions[aws.ToString(c.Version)] = stateOf(c)
		}
	}
	aliases := lambda.NewListAliasesPaginator(f.Lambda, &lambda.ListAliasesInput{FunctionName: &fn.Name})
	for aliases.HasMorePages() {
		page, err := aliases.NextPage(ctx)
		if err != nil {
			return m, fmt.Errorf("the aliases of %s: %w", fn.ID, err)
		}
		for _, a := range page.Aliases {
			m.Aliases[aws.ToString(a.Name)] = Alias{aws.ToString(a.FunctionVersion), aws.ToString(a.Description)}
		}
	}
	m.Now = m.Versions[Latest]
	if fn.Alias != "" {
		m.Now = m.Versions[m.Aliases[fn.Alias].Version]
	}
	if m.Now.Code == "" {
		return m, fmt.Errorf("what %s runs is not said by Lambda", fn.ID)
	}
	delete(m.Versions, Latest)
	return m, nil
}

func stateOf(c types.FunctionConfiguration) State {
	s := State{
		Version: aws.ToString(c.Version), Code: aws.ToString(c.CodeSha256), Architectures: c.Architectures,
		Settings: Settings{Env: map[string]string{}, MemoryMB: aws.ToInt32(c.MemorySize), Timeout: aws.ToInt32(c.Timeout)},
	}
	if c.Environment != nil {
		maps.Copy(s.Env, c.Environment.Variables)
	}
	return s
}

// Publish keeps what m runs as a version, and returns its number. Where nothing has changed since the last version it is that one.
func (f *Fleet) Publish(ctx context.Context, m Member) (string, error) {
	if m.Alias != "" {
		return m.Now.Version, nil
	}
	if _, err := f.settled(ctx, m.Function); err != nil {
		return "", err
	}
	made, err := f.Lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &m.Name, CodeSha256: &m.Now.Code})
	if err != nil {
		return "", fmt.Errorf("a version of %s: %w", m.ID, err)
	}
	return aws.ToString(made.Version), nil
}

// Name has an alias point at a version, whether it is there already or not.
func (f *Fleet) Name(ctx context.Context, m Member, alias string, to Alias) (err error) {
	if _, there := m.Aliases[alias]; there {
		_, err = f.Lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{
			FunctionName: &m.Name, Name: &alias, FunctionVersion: &to.Version, Description: &to.Note,
		})
	} else {
		_, err = f.Lambda.CreateAlias(ctx, &lambda.CreateAliasInput{
			FunctionName: &m.Name, Name: &alias, FunctionVersion: &to.Version, Description: &to.Note,
		})
	}
	if err != nil {
		return fmt.Errorf("the alias %s of %s: %w", alias, m.ID, err)
	}
	return nil
}

// Forget takes an alias away, and the version that it pointed at where no other alias does.
func (f *Fleet) Forget(ctx context.Context, m *Member, alias string) error {
	was, there := m.Aliases[alias]
	if !there {
		return nil
	}
	if _, err := f.Lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: &m.Name, Name: &alias}); err != nil {
		return fmt.Errorf("the alias %s of %s: %w", alias, m.ID, err)
	}
	delete(m.Aliases, alias)
	// Without a number DeleteFunction takes the function itself.
	if n, err := strconv.Atoi(was.Version); err != nil || n <= 0 || named(m, was.Version) {
		return nil
	}
	_, err := f.Lambda.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &m.Name, Qualifier: &was.Version})
	if isConflict(err) { // somebody has given it another name meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("the version %s of %s: %w", was.Version, m.ID, err)
	}
	delete(m.Versions, was.Version)
	return nil
}

func named(m *Member, version string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(m.Aliases)), func(a Alias) bool { return a.Version == version })
}

func isConflict(err error) bool {
	_, conflict := errors.AsType[*types.ResourceConflictException](err)
	return conflict
}
