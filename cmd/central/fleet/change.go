package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"golang.org/x/sync/errgroup"
)

const (
	pause = time.Second
	looks = 180 // at an update, with a pause after each: three minutes
	tries = 5   // at a change that somebody else's comes before
)

// settled waits until no update of a function is under way.
func (f *Fleet) settled(ctx context.Context, fn Function) (*types.FunctionConfiguration, error) {
	for range looks {
		found, err := f.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &fn.Name})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", fn.ID, err)
		}
		c := found.Configuration
		if c.LastUpdateStatus != types.LastUpdateStatusInProgress && c.State != types.StatePending {
			return c, nil
		}
		if err := f.Pause(ctx, pause); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: its update has not ended within %s; look into the Lambda console, and repeat the command", fn.ID, looks*pause)
}

// succeeded waits for the update that was just begun.
func (f *Fleet) succeeded(ctx context.Context, fn Function) error {
	c, err := f.settled(ctx, fn)
	if err == nil && c.LastUpdateStatus == types.LastUpdateStatusFailed {
		err = fmt.Errorf("%s: Lambda could not update it: %s", fn.ID, aws.ToString(c.LastUpdateStatusReason))
	}
	return err
}

// SetSettings changes settings to what change makes of the present ones, and waits until they hold. Where change returns false nothing is
// changed. A change that somebody makes at the same time is not overwritten.
func (f *Fleet) SetSettings(ctx context.Context, fn Function, change func(Settings) (Settings, bool)) error {
	var err error
	for range tries {
		var c *types.FunctionConfiguration
		if c, err = f.settled(ctx, fn); err != nil {
			return err
		}
		to, wanted := change(stateOf(*c).Settings)
		if !wanted {
			return nil
		}
		_, err = f.Lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &fn.Name, RevisionId: c.RevisionId, Environment: &types.Environment{Variables: to.Env}, MemorySize: &to.MemoryMB, Timeout: &to.Timeout,
		})
		if err == nil {
			return f.succeeded(ctx, fn)
		}
		if _, changed := errors.AsType[*types.PreconditionFailedException](err); !changed && !isConflict(err) {
			break
		}
	}
	return fmt.Errorf("the settings of %s: %w", fn.ID, err)
}

// SetCode gives a function the code of one of its versions, and waits until it runs.
func (f *Fleet) SetCode(ctx context.Context, fn Function, from State) error {
	code, err := f.fetch(ctx, fn, from)
	if err != nil {
		return fmt.Errorf("the code of %s: %w", fn.ID, err)
	}
	for range tries {
		if _, err = f.settled(ctx, fn); err != nil {
			return err
		}
		_, err = f.Lambda.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &fn.Name, ZipFile: code, Architectures: from.Architectures})
		if err == nil {
			return f.succeeded(ctx, fn)
		}
		if !isConflict(err) {
			break
		}
	}
	return fmt.Errorf("the code of %s: %w", fn.ID, err)
}

// fetch gets the package of a version from where Lambda keeps it.
func (f *Fleet) fetch(ctx context.Context, fn Function, from State) ([]byte, error) {
	found, err := f.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &fn.Name, Qualifier: &from.Version})
	if err != nil {
		return nil, err
	}
	if found.Code == nil || found.Code.Location == nil {
		return nil, fmt.Errorf("where version %s lies is not said by Lambda", from.Version)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, *found.Code.Location, nil)
	if err != nil {
		return nil, errors.New("its address is none")
	}
	answer, err := f.HTTP.Do(r)
	if err != nil {
		return nil, errors.Unwrap(err) // the address has a signature in it
	}
	defer answer.Body.Close()
	code, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("its store answers %d", answer.StatusCode)
	}
	if sum := sha256.Sum256(code); base64.StdEncoding.EncodeToString(sum[:]) != from.Code {
		return nil, fmt.Errorf("what Lambda's store gives is not version %s: its SHA-256 is another", from.Version)
	}
	return code, nil
}

// Signed names the functions, of those given, that take signed code alone. A look that fails names none: Lambda itself refuses then.
func (f *Fleet) Signed(ctx context.Context, all []Function) []string {
	enforced := make([]bool, len(all))
	_ = Each(all, func(fn Function) error {
		set, err := f.Lambda.GetFunctionCodeSigningConfig(ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: &fn.Name})
		if err != nil || aws.ToString(set.CodeSigningConfigArn) == "" {
			return err
		}
		found, err := f.Lambda.GetCodeSigningConfig(ctx, &lambda.GetCodeSigningConfigInput{CodeSigningConfigArn: set.CodeSigningConfigArn})
		if err != nil || found.CodeSigningConfig.CodeSigningPolicies == nil {
			return err
		}
		policy := found.CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment
		enforced[slices.Index(all, fn)] = policy == types.CodeSigningPolicyEnforce
		return nil
	})
	var names []string
	for i, fn := range all {
		if enforced[i] {
			names = append(names, fn.ID)
		}
	}
	return names
}

// Each does one thing to each of all, side by side. One that fails stops no other; the error has all that failed.
func Each[T any](all []T, do func(T) error) error {
	failed := make([]error, len(all))
	var work errgroup.Group
	work.SetLimit(sideBySide)
	for i, one := range all {
		work.Go(func() error {
			failed[i] = do(one)
			return nil
		})
	}
	work.Wait()
	return errors.Join(failed...)
}
