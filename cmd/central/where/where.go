// Package where finds the system that a command works on: a deployed stack, the local run, or tables that are named.
package where

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
)

// Call is one call of the program, on the system that its flags mean.
type Call struct {
	*console.Console
	Getenv func(string) string
	Here   string                                    // the working directory, from which a local run is looked for; "" looks nowhere
	Cloud  func(context.Context) (aws.Config, error) // nil is the operator's own AWS
	Web    *http.Client                              // for packages of code
	Pause  func(context.Context, time.Duration) error

	Stack, Local string // what the flags say
	Names        Names

	discovered *System // the local run that was found, once it was
}

// Names are the parts of a system that a command works with. An empty one is not known.
type Names struct{ Users, Tokens, Bucket, Secret, Signing, Events, PublicURL string }

// Flags gives a root the flags that say which system is meant, and those of every command.
func (c *Call) Flags(root *cobra.Command) {
	c.Console.Flags(root)
	f := root.PersistentFlags()
	f.StringVar(&c.Stack, "stack", "", "`name` of a deployed CloudFormation stack")
	f.StringVar(&c.Local, "local", "", "`URL` of a local run, such as http://127.0.0.1:3000")
	f.StringVar(&c.Names.Users, "users-table", "", "`name` of the table of accounts")
	f.StringVar(&c.Names.Tokens, "tokens-table", "", "`name` of the table of everything that expires")
	f.StringVar(&c.Names.Bucket, "uploads-bucket", "", "`name` of the bucket of documents")
	f.StringVar(&c.Names.Secret, "secret-id", "", "`id` or ARN of the secret")
	f.StringVar(&c.Names.Signing, "signing-secret-id", "", "`id` or ARN of the secret with the keys of ID tokens")
	f.StringVar(&c.Names.Events, "events-topic", "", "`ARN` of the topic of events")
	f.StringVar(&c.Names.PublicURL, "public-url", "", "`origin` of pages and API")
}

// or takes from other what is not known here.
func (n Names) or(other Names) Names {
	for _, pair := range [][2]*string{
		{&n.Users, &other.Users}, {&n.Tokens, &other.Tokens}, {&n.Bucket, &other.Bucket}, {&n.Secret, &other.Secret}, {&n.Signing, &other.Signing}, {&n.Events, &other.Events}, {&n.PublicURL, &other.PublicURL},
	} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	return n
}

// Open finds the system that the flags mean.
func (c *Call) Open(ctx context.Context) (*System, error) {
	switch {
	case c.Stack != "" && c.Local != "":
		return nil, console.BadUsage("--stack and --local are two systems; name one")
	case c.Local != "":
		return c.openLocal(ctx, c.Local)
	case c.Stack == "" && !c.tablesNamed():
		found, err := c.discover(ctx)
		if found == nil && err == nil {
			err = console.BadUsage("which system? No local run is up, and none has left its data here (make run). Use --stack, --local, or --users-table and --tokens-table; see central --help")
		}
		return found, err
	}
	s, err := c.OpenAWS(ctx)
	if err != nil {
		return nil, err
	}
	if c.Stack != "" {
		s.Title = "stack " + c.Stack
		return s, s.readStack(ctx, c.Stack, c.Names)
	}
	s.Title, s.Settings = "named tables", map[string]string{}
	for _, name := range settingNames {
		s.Settings[name] = c.Getenv(name)
	}
	s.Names = c.Names.or(Names{
		Users: c.Getenv("USERS_TABLE"), Tokens: c.Getenv("TOKENS_TABLE"), Bucket: c.Getenv("UPLOADS_BUCKET"), Secret: c.Getenv("SECRET_ID"),
		Signing: c.Getenv("SIGNING_SECRET_ID"),
		Events:  c.Getenv("EVENTS_TOPIC_ARN"), PublicURL: c.Getenv("PUBLIC_URL"),
	})
	if s.Users == "" || s.Tokens == "" {
		return nil, console.BadUsage("which system? Use --stack, --local, or --users-table and --tokens-table; see central --help")
	}
	c.taken("the tables %s and %s on AWS, as %s", s.Users, s.Tokens, s.Operator)
	return s, nil
}

// tablesNamed is whether flags or variables name tables on AWS. Beside CENTRAL_LOCAL_URL the variables are those of a local run's engines.
func (c *Call) tablesNamed() bool {
	n := c.Names
	return n.Users != "" || n.Tokens != "" || c.Getenv("USERS_TABLE") != "" && c.Getenv("CENTRAL_LOCAL_URL") == ""
}

// taken says which system a command works with where no flag has named one.
func (c *Call) taken(format string, args ...any) {
	fmt.Fprintf(c.Err, "central: in "+format+"\n", args...)
}

// settingNames are the variables of the functions that doctor looks into, besides the names of things.
var settingNames = []string{
	"PUBLIC_URL", "MAIL_FROM", "MAIL_CONFIGURATION_SET", "SMS_ENTITY_ID", "SMS_TEMPLATE_ID", "SMS_TEMPLATE_ID_HI",
	"SMS_CHANGED_TEMPLATE_ID", "SMS_CHANGED_TEMPLATE_ID_HI", "SMS_SENDER_ID", "CALL_PROVIDER", "CALL_API_URL", "VOICE_ORIGINATION_IDENTITY",
}

// OpenAWS finds credentials and region, and says at once when there are none.
func (c *Call) OpenAWS(ctx context.Context) (*System, error) {
	load := c.Cloud
	if load == nil {
		load = func(ctx context.Context) (aws.Config, error) { return config.LoadDefaultConfig(ctx) }
	}
	found, err := load(ctx)
	if err != nil {
		return nil, fmt.Errorf("no AWS configuration: %w", err)
	}
	if found.Region == "" {
		return nil, console.BadUsage("no AWS region; set AWS_REGION, or a region in the profile")
	}
	me, err := sts.NewFromConfig(found).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, fmt.Errorf("no AWS credentials that work: %w", err)
	}
	return &System{AWS: found, Operator: aws.ToString(me.Arn)}, nil
}
