package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func dynamoClient(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: localRegion, BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(localAccessKey, localSecretKey, ""),
	})
}

func s3Client(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		Region: localRegion, BaseEndpoint: &endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(localAccessKey, localSecretKey, ""),
	})
}

// makeTables makes the tables of the template that are not there yet.
func makeTables(ctx context.Context, db *dynamodb.Client, tables []TableSpec) error {
	for _, t := range tables {
		_, err := db.CreateTable(ctx, t.input())
		if _, there := errors.AsType[*ddb.ResourceInUseException](err); there {
			continue
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if err := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 50 * time.Millisecond }).
			Wait(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name}, 20*time.Second); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if t.TTL != "" {
			_, err := db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
				TableName: &t.Name, TimeToLiveSpecification: &ddb.TimeToLiveSpecification{AttributeName: &t.TTL, Enabled: aws.Bool(true)},
			})
			if err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
	}
	return nil
}

func (t TableSpec) input() *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{TableName: &t.Name, BillingMode: ddb.BillingModePayPerRequest, KeySchema: keySchema(t.Keys)}
	for name, kind := range t.Attributes {
		in.AttributeDefinitions = append(in.AttributeDefinitions, ddb.AttributeDefinition{
			AttributeName: &name, AttributeType: ddb.ScalarAttributeType(kind),
		})
	}
	for _, i := range t.Indexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, ddb.GlobalSecondaryIndex{
			IndexName: &i.Name, KeySchema: keySchema(i.Keys), Projection: &ddb.Projection{ProjectionType: ddb.ProjectionType(i.Projection)},
		})
	}
	return in
}

func keySchema(names []string) []ddb.KeySchemaElement {
	kinds := []ddb.KeyType{ddb.KeyTypeHash, ddb.KeyTypeRange}
	var all []ddb.KeySchemaElement
	for i, name := range names {
		all = append(all, ddb.KeySchemaElement{AttributeName: &name, KeyType: kinds[i]})
	}
	return all
}

// makeBuckets makes the buckets of the template, with versioning and CORS. It may be repeated.
func makeBuckets(ctx context.Context, api *s3.Client, buckets []BucketSpec) error {
	for _, b := range buckets {
		_, err := api.CreateBucket(ctx, &s3.CreateBucketInput{
			Bucket: &b.Name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: localRegion},
		})
		_, mine := errors.AsType[*s3types.BucketAlreadyOwnedByYou](err)
		_, there := errors.AsType[*s3types.BucketAlreadyExists](err)
		if err != nil && !mine && !there {
			return fmt.Errorf("bucket %s: %w", b.Name, err)
		}
		if b.Versioned {
			_, err := api.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
				Bucket: &b.Name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
			})
			if err != nil {
				return fmt.Errorf("bucket %s: versioning: %w", b.Name, err)
			}
		}
		var rules []s3types.CORSRule
		for _, r := range b.CORS {
			rules = append(rules, s3types.CORSRule{
				AllowedMethods: r.Methods, AllowedOrigins: r.Origins, AllowedHeaders: r.Headers, ExposeHeaders: r.Exposed,
				MaxAgeSeconds: aws.Int32(int32(r.MaxAge)),
			})
		}
		if len(rules) > 0 {
			if _, err := api.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: &b.Name, CORSConfiguration: &s3types.CORSConfiguration{CORSRules: rules}}); err != nil {
				return fmt.Errorf("bucket %s: CORS: %w", b.Name, err)
			}
		}
	}
	return nil
}

// secretValues generates the secrets of the template once and keeps them in a file that only its owner may read.
func secretValues(data string, secrets []SecretSpec) (map[string]string, error) {
	path := filepath.Join(data, "secret.json")
	values := map[string]string{}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &values)
	}
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, s := range secrets {
		if values[s.Name] != "" {
			continue
		}
		members := map[string]string{}
		if err := json.Unmarshal([]byte(s.Template), &members); err != nil {
			return nil, fmt.Errorf("secret %s: SecretStringTemplate: %w", s.LogicalID, err)
		}
		members[s.Key] = generated(s.Length)
		one, err := json.Marshal(members)
		if err != nil {
			return nil, err
		}
		values[s.Name] = string(one)
	}
	text, err = json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return values, os.WriteFile(path, text, 0o600)
}

func generated(length int) string {
	s := ""
	for len(s) < length {
		s += rand.Text()
	}
	return s[:length]
}
