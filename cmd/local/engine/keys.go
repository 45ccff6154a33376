package engine

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Keys is what functions and engines take for AWS credentials.
type Keys struct{ ID, Secret string }

// LocalKeys open nothing anywhere else.
var LocalKeys = Keys{"AKIALOCALLOCALLOCAL0", "local-secret-that-opens-nothing-anywhere"}

func (k Keys) provider() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: k.ID, SecretAccessKey: k.Secret, Source: "local"}, nil
	})
}
