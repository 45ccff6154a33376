package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
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
type names struct{ users, tokens, bucket, secret, publicURL string }

func (w *where) flags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&w.stack, "stack", "", "`name` of a deployed CloudFormation stack")
	f.StringVar(&w.local, "local", "", "`URL` of a local run, such as http://127.0.0.1:3000")
	f.StringVar(&w.names.users, "users-table", "", "`name` of the table of accounts")
	f.StringVar(&w.names.tokens, "tokens-table", "", "`name` of the table of everything that expires")
	f.StringVar(&w.names.bucket, "uploads-bucket", "", "`name` of the bucket of documents")
	f.StringVar(&w.names.secret, "secret-id", "", "`id` or ARN of the secret")
	f.StringVar(&w.names.publicURL, "public-url", "", "`origin` of pages and API")
}

// or takes from other what is not known here.
func (n names) or(other names) names {
	for _, pair := range [][2]*string{
		{&n.users, &other.users}, {&n.tokens, &other.tokens}, {&n.bucket, &other.bucket}, {&n.secret, &other.secret}, {&n.publicURL, &other.publicURL},
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
	settings  map[string]string // of the functions, as far as the environment here names them
}

// open finds the system that the flags mean.
func (c *cli) open(ctx context.Context) (*system, error) {
	w := c.where
	switch {
	case w.stack != "" && w.local != "":
		return nil, badUsage("--stack and --local are two systems; name one")
	case w.local != "":
		return c.openLocal(ctx)
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
		publicURL: c.getenv("PUBLIC_URL"),
	})
	if s.users == "" || s.tokens == "" {
		return nil, badUsage("which system? Use --stack, --local, or --users-table and --tokens-table; see central --help")
	}
	return s, nil
}

// settingNames are the variables of the functions that doctor looks into, besides the names of things.
var settingNames = []string{
	"PUBLIC_URL", "MAIL_FROM", "MAIL_CONFIGURATION_SET", "SMS_ENTITY_ID", "SMS_TEMPLATE_ID", "SMS_TEMPLATE_ID_HI",
	"SMS_CHANGED_TEMPLATE_ID", "SMS_CHANGED_TEMPLATE_ID_HI", "SMS_SENDER_ID", "CALL_PROVIDER", "CALL_API_URL", "VOICE_ORIGINATION_IDENTITY",
}

// openAWS finds credentials and region, and says at once when there are none.
func (c *cli) openAWS(ctx context.Context) (*system, error) {
	found, err := config.LoadDefaultConfig(ctx)
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

// localRun is where the engines of a local run are.
type localRun struct{ dynamoDB, s3, sns, voice, secrets string }

// What the local run calls everything. It takes these from template.yaml, with Environment=local.
var localNames = names{
	users: "central-local-UsersTable", tokens: "central-local-TokensTable", bucket: "central-local-uploads-000000000000",
	secret: "arn:aws:secretsmanager:ap-south-1:000000000000:secret:AppSecret-local0",
}

const (
	localRegion = "ap-south-1"
	// The local run's own keys. They open nothing anywhere else.
	localKeyID  = "AKIALOCALLOCALLOCAL0"
	localSecret = "local-secret-that-opens-nothing-anywhere"
)

// openLocal finds a local run, and its engines on the ports after its own, in the order in which it serves them. Another run's engine cannot
// be taken for one of its own: at the same distance that would be the same run.
func (c *cli) openLocal(ctx context.Context) (*system, error) {
	origin, port, err := localOrigin(c.where.local)
	if err != nil {
		return nil, err
	}
	if err := answersLocally(ctx, origin); err != nil {
		return nil, err
	}
	id, secret := localKeyID, localSecret
	endpoint := func(service string, after int) string {
		if replaced := c.getenv("AWS_ENDPOINT_URL_" + service); replaced != "" {
			if c.getenv("AWS_ACCESS_KEY_ID") != "" {
				id, secret = c.getenv("AWS_ACCESS_KEY_ID"), c.getenv("AWS_SECRET_ACCESS_KEY")
			}
			return replaced
		}
		return "http://127.0.0.1:" + strconv.Itoa(port+after)
	}
	run := &localRun{
		dynamoDB: endpoint("DYNAMODB", 1), s3: endpoint("S3", 2), sns: endpoint("SNS", 4),
		voice: endpoint("PINPOINT_SMS_VOICE_V2", 5), secrets: endpoint("SECRETS_MANAGER", 6),
	}
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, Source: "local run"}, nil
	})
	defaults := localNames
	defaults.publicURL = origin
	return &system{
		names: c.where.names.or(defaults), title: "local run " + origin, operator: "local run", local: run,
		aws: aws.Config{Region: localRegion, Credentials: keys},
	}, nil
}

// localOrigin takes a URL of this machine apart; any other is wrong usage.
func localOrigin(text string) (origin string, port int, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" || u.Path != "" && u.Path != "/" {
		return "", 0, badUsage("--local is %q, not the URL of a local run such as http://127.0.0.1:3000", text)
	}
	if port, err = strconv.Atoi(u.Port()); err != nil {
		return "", 0, badUsage("--local is %q, which names no port", text)
	}
	return "http://" + u.Host, port, nil
}

func answersLocally(ctx context.Context, origin string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/_local/requests", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("no local run answers; start it with make run: %w", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(origin + " is no local run: it does not show /_local")
	}
	return nil
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

func (s *system) store() *store.Store { return store.New(s.dynamoDB(), s.users, s.tokens) }
