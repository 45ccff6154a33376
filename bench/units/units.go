// Package units takes people from sign-up to a case that was handed in, through the local run, and counts what each request takes: calls of
// DynamoDB, read and write units, round trips, bytes. From that come the bills.
package units

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/bench/lab"
	"phonon.in/central/cmd/central/cost"
	"phonon.in/central/cmd/central/seed"
	"phonon.in/central/shared/store"
)

// Data is every request and event of the people's way, with its calls as the local run saw them.
type Data struct {
	People   int            `json:"people"`
	Requests []cost.Request `json:"requests"`
}

const settled = 30 * time.Second // until the last document has its pictures

// Measure lets people live in a local run whose engines are slow: calls made side by side overlap then, on any machine.
func Measure(ctx context.Context, l *lab.Lab) (Data, error) {
	d := Data{People: 3}
	if l.Quick {
		d.People = 1
	}
	l.Step("starting a local run")
	run, err := lab.StartLocal(ctx, l)
	if err != nil {
		return d, err
	}
	defer run.Stop()
	if err := addProduct(ctx, run); err != nil {
		return d, err
	}
	for _, fault := range seed.Slowness {
		if err := put(ctx, run.URL+"/_local/faults", fault); err != nil {
			return d, err
		}
	}
	var began time.Time
	for n := range d.People + 1 { // the first starts the functions, which read once what they keep, and is not counted
		if n == 1 {
			began = time.Now()
		}
		if err := seed.Use(ctx, run.URL, n, time.Now(), func(step string) { l.Step("person %d of %d: %s", n, d.People, step) }); err != nil {
			return d, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, settled)
	defer cancel()
	d.Requests, err = cost.Seen(ctx, run.URL, began)
	return d, err
}

func addProduct(ctx context.Context, run *lab.Local) error {
	endpoint := run.Env["AWS_ENDPOINT_URL_DYNAMODB"]
	db := dynamodb.New(dynamodb.Options{
		BaseEndpoint: &endpoint, Region: "ap-south-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: run.Env["AWS_ACCESS_KEY_ID"], SecretAccessKey: run.Env["AWS_SECRET_ACCESS_KEY"]}, nil
		}),
	})
	return seed.AddProduct(ctx, store.New(db, run.Env["USERS_TABLE"], run.Env["TOKENS_TABLE"]), time.Now())
}

func put(ctx context.Context, url, body string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("PUT %s: %s", url, answer.Status)
	}
	return nil
}
