package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"phonon.in/central/cmd/local/template"
)

// keyPair is what functions and engines take for AWS credentials.
type keyPair struct{ id, secret string }

// localKeys open nothing anywhere else.
var localKeys = keyPair{"AKIALOCALLOCALLOCAL0", "local-secret-that-opens-nothing-anywhere"}

func (k keyPair) provider() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: k.id, SecretAccessKey: k.secret, Source: "local"}, nil
	})
}

func dynamoClient(endpoint string, k keyPair) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: localRegion, BaseEndpoint: &endpoint, Credentials: k.provider()})
}

func s3Client(endpoint string, k keyPair) *s3.Client {
	return s3.New(s3.Options{Region: localRegion, BaseEndpoint: &endpoint, Credentials: k.provider(), UsePathStyle: true})
}

// makeTable makes the table unless it exists. To one that was made before an index came, it adds the index, as an update of the stack does.
func makeTable(ctx context.Context, db *dynamodb.Client, t template.Table) error {
	found, err := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name})
	if err == nil {
		for _, i := range t.Indexes {
			if slices.ContainsFunc(found.Table.GlobalSecondaryIndexes, func(g ddb.GlobalSecondaryIndexDescription) bool { return aws.ToString(g.IndexName) == i.Name }) {
				continue
			}
			if err := addIndex(ctx, db, t, i); err != nil {
				return fmt.Errorf("add the index %s to the table %s: %w; --fresh makes it anew, without its data", i.Name, t.ID, err)
			}
		}
		return nil
	}
	if _, absent := errors.AsType[*ddb.ResourceNotFoundException](err); !absent {
		return fmt.Errorf("look for the table %s: %w", t.ID, err)
	}
	in := &dynamodb.CreateTableInput{
		TableName: &t.Name, BillingMode: ddb.BillingModePayPerRequest, KeySchema: keySchema(t.Keys), AttributeDefinitions: attributes(t),
	}
	for _, i := range t.Indexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, ddb.GlobalSecondaryIndex{
			IndexName: aws.String(i.Name), KeySchema: keySchema(i.Keys), Projection: projection(i),
		})
	}
	if _, err := db.CreateTable(ctx, in); err != nil {
		return fmt.Errorf("make the table %s: %w", t.ID, err)
	}
	if err := dynamodb.NewTableExistsWaiter(db).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name}, 30*time.Second); err != nil {
		return fmt.Errorf("wait for the table %s: %w", t.ID, err)
	}
	if t.TTL == "" {
		return nil
	}
	_, err = db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &t.Name, TimeToLiveSpecification: &ddb.TimeToLiveSpecification{AttributeName: &t.TTL, Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("time to live of the table %s: %w", t.ID, err)
	}
	return nil
}

func addIndex(ctx context.Context, db *dynamodb.Client, t template.Table, i template.Index) error {
	_, err := db.UpdateTable(ctx, &dynamodb.UpdateTableInput{
		TableName: &t.Name, AttributeDefinitions: attributes(t),
		GlobalSecondaryIndexUpdates: []ddb.GlobalSecondaryIndexUpdate{{Create: &ddb.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String(i.Name), KeySchema: keySchema(i.Keys), Projection: projection(i),
		}}},
	})
	if err != nil {
		return err
	}
	filled := func(o *dynamodb.TableExistsWaiterOptions) {
		o.Retryable = func(_ context.Context, _ *dynamodb.DescribeTableInput, now *dynamodb.DescribeTableOutput, err error) (bool, error) {
			return err == nil && slices.ContainsFunc(now.Table.GlobalSecondaryIndexes, func(g ddb.GlobalSecondaryIndexDescription) bool {
				return g.IndexStatus != ddb.IndexStatusActive
			}), err
		}
	}
	return dynamodb.NewTableExistsWaiter(db, filled).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name}, 30*time.Second)
}

func projection(i template.Index) *ddb.Projection {
	return &ddb.Projection{ProjectionType: ddb.ProjectionType(i.Projection), NonKeyAttributes: i.NonKey}
}

func attributes(t template.Table) (all []ddb.AttributeDefinition) {
	for _, a := range t.Attributes {
		all = append(all, ddb.AttributeDefinition{AttributeName: aws.String(a.Name), AttributeType: ddb.ScalarAttributeType(a.Type)})
	}
	return all
}

func keySchema(names []string) []ddb.KeySchemaElement {
	var schema []ddb.KeySchemaElement
	for i, kind := range []ddb.KeyType{ddb.KeyTypeHash, ddb.KeyTypeRange} {
		if i < len(names) {
			schema = append(schema, ddb.KeySchemaElement{AttributeName: aws.String(names[i]), KeyType: kind})
		}
	}
	return schema
}

// makeBucket makes the bucket unless it exists. Its CORS rules are set each time: the pages' port is in them.
func makeBucket(ctx context.Context, c *s3.Client, b template.Bucket) error {
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: &b.Name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: localRegion},
	})
	if api, ok := errors.AsType[smithy.APIError](err); ok && api.ErrorCode() == "BucketAlreadyOwnedByYou" {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("make the bucket %s: %w", b.ID, err)
	}
	if b.Versioned {
		_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: &b.Name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
		})
		if err != nil {
			return fmt.Errorf("versions of the bucket %s: %w", b.ID, err)
		}
	}
	if len(b.CORS) == 0 {
		return nil
	}
	cors := &s3types.CORSConfiguration{}
	for _, r := range b.CORS {
		cors.CORSRules = append(cors.CORSRules, s3types.CORSRule{
			AllowedMethods: r.Methods, AllowedOrigins: r.Origins, AllowedHeaders: r.Headers, ExposeHeaders: r.Exposed, MaxAgeSeconds: aws.Int32(int32(r.MaxAge)),
		})
	}
	if _, err := c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: &b.Name, CORSConfiguration: cors}); err != nil {
		return fmt.Errorf("CORS rules of the bucket %s: %w", b.ID, err)
	}
	return nil
}
