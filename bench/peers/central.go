package peers

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/crypto/argon2"

	"phonon.in/central/bench/lab"
	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/captcha/captchatest"
	"phonon.in/central/shared/token"
)

// central is a local run: the functions as they run on Lambda, behind a gateway and on an engine that take the place of AWS's.
type central struct {
	client
	*people
	run    *lab.Local
	issuer captcha.Issuer
	terms  string
	data   string // folder
}

// cheap is work that a test can do in a millisecond: how long people's own machines compute is no time of a server.
var cheap = captchatest.Cheap

func startCentral(ctx context.Context, l *lab.Lab) (*central, error) {
	run, err := lab.StartLocal(ctx, l)
	if err != nil {
		return nil, err
	}
	c := &central{client: newClient(), people: &people{domain: "central.example.com"}, run: run}
	if err := c.open(ctx); err != nil {
		run.Stop()
		return nil, err
	}
	return c, nil
}

// open reads what a program must know beforehand: the terms that people accept; and the keys of the run, for cheap captchas.
func (c *central) open(ctx context.Context) error {
	var run struct{ Data string }
	var terms struct{ Version string }
	err := errors.Join(
		c.read(ctx, 0, http.MethodGet, c.run.URL+"/_local/run", nil, http.StatusOK, &run),
		c.read(ctx, 0, http.MethodGet, c.run.URL+"/v1/terms", nil, http.StatusOK, &terms))
	if err != nil {
		return err
	}
	secret, err := os.ReadFile(filepath.Join(run.Data, "secret.json"))
	if err != nil {
		return err
	}
	c.data, c.terms, c.issuer.Work = run.Data, terms.Version, cheap
	c.issuer.Keys, err = token.ParseKeyring(secret)
	return err
}

// signUp is what the page does: it fetches a captcha, and sends the form.
func (c *central) signUp(ctx context.Context) error {
	p := c.next()
	if _, err := c.call(ctx, p.number, http.MethodGet, c.run.URL+"/v1/captcha", nil, http.StatusOK); err != nil {
		return err
	}
	challenge, err := c.issuer.New(time.Now())
	if err != nil {
		return err
	}
	a, err := c.call(ctx, p.number, http.MethodPost, c.run.URL+"/v1/signup", map[string]any{
		"email": p.email, "password": password, "captcha": captchatest.Solve(challenge), "locale": "en",
		"terms": map[string]any{"version": c.terms, "accepted": true},
	}, http.StatusAccepted)
	if err != nil {
		return err
	}
	c.keep(p, a.cookie("__Host-signup"))
	c.add(p)
	return nil
}

var mailedLink = regexp.MustCompile(`/verify#(\S+)`)

// link is the token of the newest link that was mailed to somebody.
func (c *central) link(ctx context.Context, p *person) (string, error) {
	var mails []struct{ Text string }
	if err := c.read(ctx, 0, http.MethodGet, c.run.URL+"/_local/messages?to="+url.QueryEscape(p.email), nil, http.StatusOK, &mails); err != nil {
		return "", err
	}
	for _, m := range mails {
		if found := mailedLink.FindStringSubmatch(m.Text); found != nil {
			return found[1], nil
		}
	}
	return "", fmt.Errorf("no link was mailed to %s", p.email)
}

// prove presses the link of a mail in the browser that signed up.
func (c *central) prove(ctx context.Context, p *person, link string) error {
	if p.cookie == nil {
		return fmt.Errorf("%s has no cookie of the sign-up", p.email)
	}
	_, err := c.call(ctx, p.number, http.MethodPost, c.run.URL+"/v1/verify", map[string]string{"token": link}, http.StatusOK, p.cookie)
	return err
}

// logIn begins a session in a browser that its holder has logged in with before, if they did.
func (c *central) logIn(ctx context.Context) error { return c.logInOne(ctx, c.people) }

func (c *central) logInOne(ctx context.Context, who *people) error {
	p, err := who.turn()
	if err != nil {
		return err
	}
	var cookies []*http.Cookie
	if p.cookie != nil && p.cookie.Name == deviceCookie {
		cookies = append(cookies, p.cookie)
	}
	a, err := c.call(ctx, p.number, http.MethodPost, c.run.URL+"/v1/login", map[string]any{"email": p.email, "password": password}, http.StatusOK, cookies...)
	if err != nil {
		return err
	}
	if a.cookie("__Host-session") == nil || a.cookie(deviceCookie) == nil {
		return errors.New("log-in answered no session")
	}
	who.keep(p, a.cookie(deviceCookie))
	return nil
}

const deviceCookie = "__Host-device"

func (c *central) spent() spent {
	by := spentIn(c.run.PID)
	return spent{
		Server:   by["signup"] + by["verify"] + by["login"] + by["notify"],
		Database: by["dynoxide"] + by["java"], // DynamoDB Local
		Edge:     by["local"],
	}
}

// leastMemory and leastPasses are the least that Central takes of a hash that it compares with.
const leastMemory, leastPasses = 8 * 1024, 1

// lighten gives somebody the same password by the cheapest hash that is accepted: what is left of a log-in's time is not the hash's.
func (c *central) lighten(ctx context.Context, p *person) error {
	key := argon2.IDKey([]byte(password), salt, leastPasses, leastMemory, 1, 32)
	phc := fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, leastMemory, leastPasses, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
	_, err := c.dynamo().UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(c.run.Env["USERS_TABLE"]), Key: loginItem(p),
		UpdateExpression:    aws.String("SET passwordHash = :hash"),
		ConditionExpression: aws.String("attribute_exists(passwordHash)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":hash": &types.AttributeValueMemberS{Value: phc},
		},
	})
	return err
}

// hashOf is what Central keeps of the password of one of these people.
func (c *central) hashOf(ctx context.Context, who *people) (string, error) {
	p, err := who.turn()
	if err != nil {
		return "", err
	}
	found, err := c.dynamo().GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(c.run.Env["USERS_TABLE"]), Key: loginItem(p)})
	if err != nil {
		return "", err
	}
	kept, ok := found.Item["passwordHash"].(*types.AttributeValueMemberS)
	if !ok {
		return "", fmt.Errorf("%s has no password", p.email)
	}
	return kept.Value, nil
}

func loginItem(p *person) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "email#" + p.email}, "sk": &types.AttributeValueMemberS{Value: "login"},
	}
}

func (c *central) dynamo() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: c.run.Env["AWS_REGION"], BaseEndpoint: aws.String(c.run.Env["AWS_ENDPOINT_URL_DYNAMODB"]),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIALOCALLOCALLOCAL0", SecretAccessKey: "bench"}, nil
		}),
	})
}
