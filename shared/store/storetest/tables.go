package storetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.yaml.in/yaml/v3"

	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// tableSpec is what an AWS::DynamoDB::Table in template.yaml says about keys and indexes.
type tableSpec struct {
	Properties struct {
		Attributes []attribute `yaml:"AttributeDefinitions"`
		Keys       []keyPart   `yaml:"KeySchema"`
		Indexes    []struct {
			Name       string    `yaml:"IndexName"`
			Keys       []keyPart `yaml:"KeySchema"`
			Projection struct {
				Type       string   `yaml:"ProjectionType"`
				Attributes []string `yaml:"NonKeyAttributes"`
			} `yaml:"Projection"`
		} `yaml:"GlobalSecondaryIndexes"`
	} `yaml:"Properties"`
}

type attribute struct {
	Name string `yaml:"AttributeName"`
	Type string `yaml:"AttributeType"`
}

type keyPart struct {
	Name string `yaml:"AttributeName"`
	Type string `yaml:"KeyType"`
}

// specs reads both tables from template.yaml, which is the source of truth for them.
func specs(t testing.TB) (users, tokens tableSpec) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(), "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources struct {
			UsersTable, TokensTable tableSpec
		}
	}
	var raw struct {
		Resources map[string]yaml.Node `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	for name, into := range map[string]*tableSpec{
		"UsersTable": &template.Resources.UsersTable, "TokensTable": &template.Resources.TokensTable,
	} {
		node, ok := raw.Resources[name]
		if !ok {
			t.Fatalf("template.yaml has no %s", name)
		}
		if err := node.Decode(into); err != nil {
			t.Fatalf("template.yaml: %s: %v", name, err)
		}
	}
	return template.Resources.UsersTable, template.Resources.TokensTable
}

func (s tableSpec) create(t testing.TB, db *dynamodb.Client, name string) {
	t.Helper()
	input := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: schema(s.Properties.Keys)}
	for _, a := range s.Properties.Attributes {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(a.Name), AttributeType: types.ScalarAttributeType(a.Type),
		})
	}
	for _, i := range s.Properties.Indexes {
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(i.Name), KeySchema: schema(i.Keys),
			Projection: &types.Projection{ProjectionType: types.ProjectionType(i.Projection.Type), NonKeyAttributes: i.Projection.Attributes},
		})
	}
	ctx, cancel := background(t)
	defer cancel()
	if _, err := db.CreateTable(ctx, input); err != nil {
		t.Fatalf("create %s: %v", name, err)
	}
	waiter := dynamodb.NewTableExistsWaiter(db)
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, 20*time.Second); err != nil {
		t.Fatalf("wait for %s: %v", name, err)
	}
}

func schema(keys []keyPart) []types.KeySchemaElement {
	var out []types.KeySchemaElement
	for _, k := range keys {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(k.Name), KeyType: types.KeyType(k.Type)})
	}
	return out
}

// Fixture is a store on fresh tables, with what a test needs to look behind it.
type Fixture struct {
	*store.Store
	DB            *dynamodb.Client
	Users, Tokens string
	endpoint      string
}

// Open returns a store on fresh tables of the local run's engine. Without the engine the test is skipped and says so; with
// CENTRAL_ENGINES=required it fails.
func Open(t testing.TB) Fixture {
	t.Helper()
	return Dynoxide.open(t)
}

func (e Engine) open(t testing.TB) Fixture {
	t.Helper()
	endpoint := e.start(t)
	db := client(endpoint)
	name := strings.ToLower(token.NewID())
	f := Fixture{DB: db, Users: "users-" + name, Tokens: "tokens-" + name, endpoint: endpoint}
	users, tokens := specs(t)
	users.create(t, db, f.Users)
	tokens.create(t, db, f.Tokens)
	t.Cleanup(func() {
		ctx, cancel := background(t)
		defer cancel()
		for _, table := range []string{f.Users, f.Tokens} {
			if _, err := db.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &table}); err != nil {
				t.Logf("delete %s: %v", table, err)
			}
		}
	})
	f.Store = store.New(db, f.Users, f.Tokens)
	return f
}

func client(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "ap-south-1", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}

// Items returns every item of both tables, for tests that look for what must not be there.
func (f Fixture) Items(t testing.TB) []map[string]types.AttributeValue {
	t.Helper()
	var items []map[string]types.AttributeValue
	for _, table := range []string{f.Users, f.Tokens} {
		pages := dynamodb.NewScanPaginator(f.DB, &dynamodb.ScanInput{TableName: &table, ConsistentRead: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, page.Items...)
		}
	}
	return items
}
