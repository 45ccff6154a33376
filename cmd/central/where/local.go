package where

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"phonon.in/central/cmd/central/console"
)

// localRun is where the engines of a local run are.
type localRun struct{ dynamoDB, s3, sns, voice, secrets string }

const (
	localRegion = "ap-south-1"
	// The local run's own keys. They open nothing anywhere else.
	localKeyID  = "AKIALOCALLOCALLOCAL0"
	localSecret = "local-secret-that-opens-nothing-anywhere"
)

// running is what a local run says of itself at /_local/run, and in run.json among its data.
type running struct {
	URL         string            `json:"url"`
	Data        string            `json:"data"`
	EnginesOnly bool              `json:"enginesOnly"`
	Environment map[string]string `json:"environment"`
}

// openLocal asks the local run at a URL where its engines are and what everything is called.
func (c *Call) openLocal(ctx context.Context, text string) (*System, error) {
	origin, err := localOrigin(text)
	if err != nil {
		return nil, err
	}
	r, err := askRun(ctx, origin)
	if err != nil {
		return nil, err
	}
	id, secret := localKeyID, localSecret
	endpoint := func(service string) string {
		if replaced := c.Getenv("AWS_ENDPOINT_URL_" + service); replaced != "" {
			if c.Getenv("AWS_ACCESS_KEY_ID") != "" {
				id, secret = c.Getenv("AWS_ACCESS_KEY_ID"), c.Getenv("AWS_SECRET_ACCESS_KEY")
			}
			return replaced
		}
		return r.Environment["AWS_ENDPOINT_URL_"+service]
	}
	run := &localRun{
		dynamoDB: endpoint("DYNAMODB"), s3: endpoint("S3"), sns: endpoint("SNS"), voice: endpoint("PINPOINT_SMS_VOICE_V2"), secrets: endpoint("SECRETS_MANAGER"),
	}
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, Source: "local run"}, nil
	})
	theirs := Names{
		Users: r.Environment["USERS_TABLE"], Tokens: r.Environment["TOKENS_TABLE"], Bucket: r.Environment["UPLOADS_BUCKET"], Secret: r.Environment["SECRET_ID"],
		Signing: r.Environment["SIGNING_SECRET_ID"],
		Events:  r.Environment["EVENTS_TOPIC_ARN"],
	}
	if !r.EnginesOnly {
		theirs.PublicURL = origin
	}
	return &System{
		Names: c.Names.or(theirs), Title: "local run " + origin, Operator: "local run", local: run,
		AWS: aws.Config{Region: localRegion, Credentials: keys},
	}, nil
}

// localOrigin takes a URL of this machine apart; any other is wrong usage.
func localOrigin(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" || u.Path != "" && u.Path != "/" {
		return "", console.BadUsage("--local is %q, not the URL of a local run such as http://127.0.0.1:3000", text)
	}
	if _, err = strconv.Atoi(u.Port()); err != nil {
		return "", console.BadUsage("--local is %q, which names no port", text)
	}
	return "http://" + u.Host, nil
}

const runDeadline = 3 * time.Second

func askRun(ctx context.Context, origin string) (running, error) {
	ctx, cancel := context.WithTimeout(ctx, runDeadline)
	defer cancel()
	var r running
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/_local/run", nil)
	if err != nil {
		return r, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return r, fmt.Errorf("no local run answers; start it with make run: %w", err)
	}
	defer answer.Body.Close()
	if json.NewDecoder(answer.Body).Decode(&r) != nil || answer.StatusCode != http.StatusOK || r.Environment["USERS_TABLE"] == "" {
		return r, errors.New(origin + " is no local run: it does not show /_local/run")
	}
	return r, nil
}

// discover finds a local run that nobody has named: the one whose variables are set here, the one of this folder, the one on the usual
// port, and at last the data of one that has ended. It returns nil where there is none.
func (c *Call) discover(ctx context.Context) (*System, error) {
	if c.discovered != nil {
		return c.discovered, nil
	}
	if origin := strings.TrimSuffix(c.Getenv("CENTRAL_LOCAL_URL"), "/_local"); origin != "" {
		return c.takeLocal(ctx, origin, "")
	}
	if c.Here == "" {
		return nil, nil
	}
	data := ""
	if root := ProjectAbove(c.Here); root != "" {
		data = filepath.Join(root, ".local")
	}
	if r, err := askRun(ctx, urlIn(data)); err == nil {
		return c.takeLocal(ctx, r.URL, "")
	}
	// Another folder's run is not taken where this one has data of its own.
	if r, err := askRun(ctx, "http://127.0.0.1:"+cmp.Or(c.Getenv("PORT"), "3000")); err == nil && (c.Getenv("PORT") != "" || !hasData(data)) {
		return c.takeLocal(ctx, r.URL, "")
	}
	if !hasData(data) {
		return nil, nil
	}
	origin, err := c.startEngines(ctx, data)
	if err != nil {
		return nil, err
	}
	return c.takeLocal(ctx, origin, " that left its data in "+data+" (it has ended; its engines run for this command)")
}

// urlIn is the URL of the run that says, among its data, that it is up.
func urlIn(data string) string {
	var r running
	if text, err := os.ReadFile(filepath.Join(data, "run.json")); err != nil || json.Unmarshal(text, &r) != nil {
		return ""
	}
	return r.URL
}

// hasData is whether a local run has left data in a folder.
func hasData(data string) bool {
	return data != "" && (exists(filepath.Join(data, "dynamo.db")) || exists(filepath.Join(data, "shared-local-instance.db")))
}

func (c *Call) takeLocal(ctx context.Context, origin, how string) (*System, error) {
	s, err := c.openLocal(ctx, origin)
	if err != nil {
		return nil, err
	}
	if how != "" {
		s.Title = "local run" + how
	}
	c.taken("the %s%s", s.Title, c.beside())
	c.discovered = s
	return s, nil
}

// beside says that a deployed system could have been meant, too.
func (c *Call) beside() string {
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		if c.Getenv(name) != "" && c.Getenv("CENTRAL_LOCAL_URL") == "" {
			return " (not on AWS, although " + name + " is set: name a deployed system with --stack)"
		}
	}
	return ""
}

// ProjectAbove is the folder of template.yaml that dir is in; "" where it is in none.
func ProjectAbove(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "template.yaml")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}
