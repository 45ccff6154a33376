package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/cmd/local/template"
)

// DynamoDB makes the engine for DynamoDB: dynoxide, or DynamoDB Local on a platform for which that is not published; note says so.
func (i Installation) DynamoDB(ctx context.Context, data string, log io.Writer) (e *Engine, note string, err error) {
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	e = &Engine{Endpoint: "http://127.0.0.1:" + port, ready: "/", log: log, wrong: i.Wrong}
	binary, jars := i.path("dynoxide", "dynoxide"), i.path("dynamodb-local")
	if !exists(binary) {
		if err := i.install(ctx, "dynoxide"); err != nil {
			return nil, "", err
		}
	}
	if exists(binary) {
		e.name = "dynoxide"
		e.command = func() *exec.Cmd {
			return command(binary, "serve", "--port", port, "--db-path", filepath.Join(data, "dynamo.db"))
		}
		return e, "", nil
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, "", errors.New("DynamoDB: dynoxide is not published for this platform, and DynamoDB Local in its place needs Java, which is not installed")
	}
	if !exists(jars) {
		if err := i.install(ctx, "dynamodb-local"); err != nil {
			return nil, "", err
		}
	}
	e.name = "DynamoDB Local"
	e.command = func() *exec.Cmd {
		return command(java, "-cp", filepath.Join(jars, "*"), "software.amazon.dynamodb.services.local.main.ServerRunner",
			"-dbPath", data, "-sharedDb", "-disableTelemetry", "-port", port)
	}
	return e, "DynamoDB is DynamoDB Local on Java, since dynoxide is not published for this platform; it listens on all interfaces", nil
}

// DynamoDBClient talks to an endpoint of DynamoDB.
func DynamoDBClient(endpoint string, k Keys) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: template.Region, BaseEndpoint: &endpoint, Credentials: k.provider()})
}

// MakeTable makes the table unless it exists. To one that was made before an index came, it adds the index, as an update of the stack does.
func MakeTable(ctx context.Context, db *dynamodb.Client, t template.Table) error {
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
