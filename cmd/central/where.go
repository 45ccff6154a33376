package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"phonon.in/central/shared/store"
)

// where says which system is meant: what the flags say.
type where struct {
	stack, local string
	names        names
}

// names are the parts of a system that a command works with. An empty one is not known.
type names struct{ users, tokens, bucket, secret, signing, events, publicURL string }

func (w *where) flags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&w.stack, "stack", "", "`name` of a deployed CloudFormation stack")
	f.StringVar(&w.local, "local", "", "`URL` of a local run, such as http://127.0.0.1:3000")
	f.StringVar(&w.names.users, "users-table", "", "`name` of the table of accounts")
	f.StringVar(&w.names.tokens, "tokens-table", "", "`name` of the table of everything that expires")
	f.StringVar(&w.names.bucket, "uploads-bucket", "", "`name` of the bucket of documents")
	f.StringVar(&w.names.secret, "secret-id", "", "`id` or ARN of the secret")
	f.StringVar(&w.names.signing, "signing-secret-id", "", "`id` or ARN of the secret with the keys of ID tokens")
	f.StringVar(&w.names.events, "events-topic", "", "`ARN` of the topic of events")
	f.StringVar(&w.names.publicURL, "public-url", "", "`origin` of pages and API")
}

// or takes from other what is not known here.
func (n names) or(other names) names {
	for _, pair := range [][2]*string{
		{&n.users, &other.users}, {&n.tokens, &other.tokens}, {&n.bucket, &other.bucket}, {&n.secret, &other.secret}, {&n.signing, &other.signing}, {&n.events, &other.events}, {&n.publicURL, &other.publicURL},
	} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	return n
}

// system is a system that was found.
type system struct {
	names
	title     string // for people: "stack central-prod"
	operator  string // who we are, as AWS names us
	aws       aws.Config
	local     *localRun         // nil for what runs on AWS
	resources []resource        // of the stack
	outputs   map[string]string // of the stack
	status    string            // of the stack, as CloudFormation names it
	settings  map[string]string // of the functions, as far as the environment here names them
}

// open finds the system that the flags mean.
func (c *cli) open(ctx context.Context) (*system, error) {
	w := c.where
	switch {
	case w.stack != "" && w.local != "":
		return nil, badUsage("--stack and --local are two systems; name one")
	case w.local != "":
		return c.openLocal(ctx, w.local)
	case w.stack == "" && !c.tablesNamed():
		found, err := c.discover(ctx)
		if found == nil && err == nil {
			err = badUsage("which system? No local run is up, and none has left its data here (make run). Use --stack, --local, or --users-table and --tokens-table; see central --help")
		}
		return found, err
	}
	s, err := c.openAWS(ctx)
	if err != nil {
		return nil, err
	}
	if w.stack != "" {
		s.title = "stack " + w.stack
		return s, s.readStack(ctx, w)
	}
	s.title, s.settings = "named tables", map[string]string{}
	for _, name := range settingNames {
		s.settings[name] = c.getenv(name)
	}
	s.names = w.names.or(names{
		users: c.getenv("USERS_TABLE"), tokens: c.getenv("TOKENS_TABLE"), bucket: c.getenv("UPLOADS_BUCKET"), secret: c.getenv("SECRET_ID"),
		signing: c.getenv("SIGNING_SECRET_ID"),
		events:  c.getenv("EVENTS_TOPIC_ARN"), publicURL: c.getenv("PUBLIC_URL"),
	})
	if s.users == "" || s.tokens == "" {
		return nil, badUsage("which system? Use --stack, --local, or --users-table and --tokens-table; see central --help")
	}
	c.taken("the tables %s and %s on AWS, as %s", s.users, s.tokens, s.operator)
	return s, nil
}

// tablesNamed is whether flags or variables name tables on AWS. Beside CENTRAL_LOCAL_URL the variables are those of a local run's engines.
func (c *cli) tablesNamed() bool {
	n := c.where.names
	return n.users != "" || n.tokens != "" || c.getenv("USERS_TABLE") != "" && c.getenv("CENTRAL_LOCAL_URL") == ""
}

// taken says which system a command works with where no flag has named one.
func (c *cli) taken(format string, args ...any) {
	fmt.Fprintf(c.err, "central: in "+format+"\n", args...)
}

// settingNames are the variables of the functions that doctor looks into, besides the names of things.
var settingNames = []string{
	"PUBLIC_URL", "MAIL_FROM", "MAIL_CONFIGURATION_SET", "SMS_ENTITY_ID", "SMS_TEMPLATE_ID", "SMS_TEMPLATE_ID_HI",
	"SMS_CHANGED_TEMPLATE_ID", "SMS_CHANGED_TEMPLATE_ID_HI", "SMS_SENDER_ID", "CALL_PROVIDER", "CALL_API_URL", "VOICE_ORIGINATION_IDENTITY",
}

// openAWS finds credentials and region, and says at once when there are none.
func (c *cli) openAWS(ctx context.Context) (*system, error) {
	load := c.cloud
	if load == nil {
		load = func(ctx context.Context) (aws.Config, error) { return config.LoadDefaultConfig(ctx) }
	}
	found, err := load(ctx)
	if err != nil {
		return nil, fmt.Errorf("no AWS configuration: %w", err)
	}
	if found.Region == "" {
		return nil, badUsage("no AWS region; set AWS_REGION, or a region in the profile")
	}
	me, err := sts.NewFromConfig(found).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, fmt.Errorf("no AWS credentials that work: %w", err)
	}
	return &system{aws: found, operator: aws.ToString(me.Arn)}, nil
}

// base is the endpoint of a local engine, or nil for AWS's own.
func (s *system) base(of func(*localRun) string) *string {
	if s.local == nil {
		return nil
	}
	return aws.String(of(s.local))
}

func (s *system) dynamoDB() *dynamodb.Client {
	return dynamodb.NewFromConfig(s.aws, func(o *dynamodb.Options) {
		if e := s.base(func(l *localRun) string { return l.dynamoDB }); e != nil {
			o.BaseEndpoint = e
		}
	})
}

func (s *system) s3() *s3.Client {
	return s3.NewFromConfig(s.aws, func(o *s3.Options) {
		if e := s.base(func(l *localRun) string { return l.s3 }); e != nil {
			o.BaseEndpoint, o.UsePathStyle = e, true
		}
	})
}

func (s *system) sns() *sns.Client {
	return sns.NewFromConfig(s.aws, func(o *sns.Options) { setBase(&o.BaseEndpoint, s.base(func(l *localRun) string { return l.sns })) })
}

func (s *system) secrets() *secretsmanager.Client {
	return secretsmanager.NewFromConfig(s.aws, func(o *secretsmanager.Options) {
		setBase(&o.BaseEndpoint, s.base(func(l *localRun) string { return l.secrets }))
	})
}

func (s *system) store() *store.Store { return store.New(s.dynamoDB(), s.users, s.tokens) }
