// Package fleettest is a stack on AWS, in memory: Lambda, Secrets Manager and CloudFormation as far as the commands ask them, with what they
// refuse. Each call is written down, and a test may have any of them fail.
package fleettest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go/middleware"

	"phonon.in/central/cmd/central/fleet"
)

// Code is the package of a function: any text stands for one.
type Code string

// Hash is what Lambda says of a package.
func (c Code) Hash() string {
	sum := sha256.Sum256([]byte(c))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Func is one function: what it runs, and what is kept of it.
type Func struct {
	Code     Code
	Env      map[string]string
	Memory   int32
	Timeout  int32
	Versions []Func // the first is version 1
	Aliases  map[string]fleet.Alias
	Signed   types.CodeSigningPolicy // "" where code need not be signed
	Breaks   string                  // why its updates fail; "" where they do not
	Looks    int                     // until an update is over; 2 where it is not said

	number   int  // of a version
	gone     bool // a version that was deleted
	revision int
	busy     int // looks until its update is over
}

// AWS is one stack. Its fields may be changed between calls.
type AWS struct {
	Funcs  map[string]*Func
	Secret map[string]string // documents, by id
	Stacks map[string]*Stack
	Calls  []string // operation and what it is about, without reads
	// Fail is asked before each call; its error is the answer.
	Fail func(operation, about string) error
	// Served is what functions served after each change, in order.
	Served []string
	Now    time.Time // of the last change of a secret

	mu       sync.Mutex
	versions map[string]int // of secrets
}

// New is a stack with these functions.
func New(funcs map[string]*Func) *AWS {
	for _, f := range funcs {
		if f.Aliases == nil {
			f.Aliases = map[string]fleet.Alias{}
		}
		for i := range f.Versions {
			f.Versions[i].number = i + 1
		}
	}
	return &AWS{Funcs: funcs, Secret: map[string]string{}, Stacks: map[string]*Stack{}, versions: map[string]int{}}
}

// Config is that of clients which ask this stack.
func (a *AWS) Config() aws.Config {
	return aws.Config{Region: "ap-south-1", APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("fleettest", func(
			_ context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler,
		) (out middleware.InitializeOutput, meta middleware.Metadata, err error) {
			out.Result, err = a.answer(in.Parameters)
			return out, meta, err
		}), middleware.Before)
	}}}
}

// Fleet is the functions of the stack. Waiting takes no time.
func (a *AWS) Fleet() *fleet.Fleet {
	var all []fleet.Function
	for _, name := range slices.Sorted(maps.Keys(a.Funcs)) {
		all = append(all, fleet.Function{ID: name, Name: name})
	}
	return &fleet.Fleet{Lambda: lambda.NewFromConfig(a.Config()), HTTP: &http.Client{Transport: a}, Functions: all, Pause: NoPause}
}

// NoPause waits for nothing, unless the caller has ended.
func NoPause(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// RoundTrip gives the package at an address that GetFunction has named.
func (a *AWS) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name, qualifier, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if err := a.fails("fetch", name); err != nil {
		return nil, err
	}
	f := a.Funcs[name].qualified(qualifier)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader([]byte(f.Code))), Header: http.Header{}, Request: r}, nil
}

// fails is what Fail says, where a test has set it.
func (a *AWS) fails(operation, about string) error {
	if a.Fail == nil {
		return nil
	}
	return a.Fail(operation, about)
}

func (f *Func) qualified(q string) *Func {
	if alias, named := f.Aliases[q]; named {
		q = alias.Version
	}
	if n, err := strconv.Atoi(q); err == nil {
		if n < 1 || n > len(f.Versions) || f.Versions[n-1].gone {
			return nil
		}
		return &f.Versions[n-1]
	}
	return f
}

// settings are those of a function or a version; the version's own name is "$LATEST" for what was deployed last.
func (f *Func) settings() types.FunctionConfiguration {
	version := fleet.Latest
	if f.number > 0 {
		version = strconv.Itoa(f.number)
	}
	code := f.Code.Hash()
	return types.FunctionConfiguration{
		Version: &version, CodeSha256: &code, MemorySize: aws.Int32(f.Memory), Timeout: aws.Int32(f.Timeout), RevisionId: aws.String(strconv.Itoa(f.revision)),
		Environment: &types.EnvironmentResponse{Variables: maps.Clone(f.Env)}, State: types.StateActive, LastUpdateStatus: types.LastUpdateStatusSuccessful,
	}
}

// Deploy changes a function as a deployment does.
func (a *AWS) Deploy(name string, change func(*Func)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a.Funcs[name])
	a.Funcs[name].revision++
}

func missing(what string) error { return &types.ResourceNotFoundException{Message: &what} }

// conflict is what Lambda answers while an update is under way.
func (f *Func) conflict() error {
	if f.busy > 0 {
		return &types.ResourceConflictException{Message: aws.String("an update is in progress")}
	}
	return nil
}

// Changed notes an update, as Lambda does: it takes some looks, and the revision is another.
func (f *Func) Changed() {
	f.revision++
	if f.busy = f.Looks; f.busy == 0 {
		f.busy = 2
	}
}

func (a *AWS) did(operation, name string, more ...any) {
	a.Calls = append(a.Calls, strings.TrimSpace(fmt.Sprintln(append([]any{operation, name}, more...)...)))
}
