package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/upload"
)

func TestAnErasingThatBreaksIsEndedByRepeatingIt(t *testing.T) {
	l := startLocal(t)
	made := demoAccounts(t, l, 2)
	gone, stays := made[0], made[1]
	var v accountView
	l.central(t, "", "account", "show", gone.Email, "--reveal", "--json").want(t, console.Good).json(t, &v)
	l.central(t, "no\n", "account", "erase", gone.Email).want(t, console.Wrong)
	l.central(t, "", "account", "erase", gone.Email, "--dry-run").want(t, console.Good)
	if status, _ := l.login(t, gone.Email); status != http.StatusOK {
		t.Fatalf("it was touched without a yes: %d", status)
	}
	for _, broken := range []string{
		`{"service": "s3", "operation": "DeleteObject", "mode": "500"}`, `{"service": "dynamodb", "operation": "BatchWriteItem", "mode": "500"}`,
		`{"service": "dynamodb", "operation": "TransactWriteItems", "mode": "500"}`,
	} {
		l.fault(t, broken)
		r := l.central(t, "", "account", "erase", gone.Email, "--yes").want(t, console.Wrong)
		l.call(t, "DELETE", "/_local/faults", "", nil)
		if !strings.Contains(r.err, "repeat the command") {
			t.Errorf("it says %s", r.err)
		}
	}
	var done console.Audit
	l.central(t, "", "account", "erase", gone.Email, "--reason", "a letter", "--yes", "--json").want(t, console.Good).json(t, &done)
	if !done.Changed || done.Action != "erase" || len(done.Kept) == 0 || done.Reason != "a letter" {
		t.Errorf("%+v", done)
	}
	for _, item := range l.items(t, "", "") {
		if text := fmt.Sprint(item); strings.Contains(text, gone.Email) || strings.Contains(text, v.Phone) {
			t.Errorf("a trace is left: %s", text)
		}
	}
	for _, sk := range []string{"kyc#", "session#", "reset", "challenge#"} {
		if n := len(l.items(t, "account#"+string(v.ID), sk)); n != 0 {
			t.Errorf("%d items %s are left", n, sk)
		}
	}
	for _, folder := range []string{"incoming/", "vault/", "pages/"} {
		left, err := upload.New(l.s3, l.sys.Bucket).Versions(t.Context(), folder+string(v.ID)+"/")
		if err != nil || len(left) > 0 {
			t.Errorf("%d objects are left in %s (%v)", len(left), folder, err)
		}
	}
	if status, code := l.login(t, gone.Email); status != http.StatusUnauthorized {
		t.Errorf("login answered %d %s", status, code)
	}
	if status, _ := l.login(t, stays.Email); status != http.StatusOK {
		t.Errorf("the other account: %d", status)
	}
	l.central(t, "", "account", "erase", gone.Email, "--yes").want(t, console.Wrong) // nobody has the address
	l.central(t, "", "account", "erase", string(v.ID), "--yes", "--json").want(t, console.Good).json(t, &done)
	if done.Changed {
		t.Error("it was erased twice")
	}
	l.central(t, "", "account", "enable", string(v.ID), "--yes").want(t, console.Wrong)
}

func TestAnApprovedCaseIsHeld(t *testing.T) {
	l := startLocal(t)
	who := demoAccounts(t, l, 1)[0]
	var v accountView
	l.central(t, "", "account", "show", who.Email, "--json").want(t, console.Good).json(t, &v)
	approve(t, l, v.ID)
	r := l.central(t, "", "account", "erase", who.Email, "--yes").want(t, console.Wrong)
	if !strings.Contains(r.err, "legal hold: case 1") {
		t.Error(r.err)
	}
	if status, _ := l.login(t, who.Email); status != http.StatusOK {
		t.Errorf("it was touched: %d", status)
	}
	found, err := l.s3.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &l.sys.Bucket, Prefix: aws.String("vault/" + string(v.ID) + "/")})
	if err != nil || len(found.Contents) == 0 {
		t.Errorf("no documents are left (%v)", err)
	}
	l.central(t, "", "account", "erase", who.Email, "--override-hold", "--reason", "counsel agreed", "--yes").want(t, console.Good)
}

// approve does what a reviewer will do.
func approve(t *testing.T, l local, id account.ID) {
	t.Helper()
	_, err := l.db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &l.sys.Users, UpdateExpression: aws.String("SET #s = :approved"), ExpressionAttributeNames: map[string]string{"#s": "status"},
		Key: map[string]ddb.AttributeValue{
			"pk": &ddb.AttributeValueMemberS{Value: "account#" + string(id)}, "sk": &ddb.AttributeValueMemberS{Value: "kyc#0001"},
		},
		ExpressionAttributeValues: map[string]ddb.AttributeValue{":approved": &ddb.AttributeValueMemberS{Value: "approved"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// typing is an operator who takes a while to answer: meanwhile happens.
type typing func()

func (meanwhile typing) Read(p []byte) (int, error) {
	meanwhile()
	return copy(p, "yes\n"), io.EOF
}

func TestACaseThatIsApprovedMeanwhileIsHeldToo(t *testing.T) {
	l := startLocal(t)
	who := demoAccounts(t, l, 1)[0]
	var v accountView
	l.central(t, "", "account", "show", who.Email, "--json").want(t, console.Good).json(t, &v)
	var said strings.Builder
	c := &where.Call{
		Console: &console.Console{In: typing(func() { approve(t, l, v.ID) }), Out: &said, Err: &said, Now: time.Now}, Getenv: nothing,
	}
	code := c.Run(t.Context(), root(c), []string{"account", "erase", who.Email, "--local", l.url})
	if code != console.Wrong || !strings.Contains(said.String(), "legal hold") {
		t.Errorf("exit %d: %s", code, said.String())
	}
	if status, _ := l.login(t, who.Email); status != http.StatusOK {
		t.Errorf("it was touched: %d", status)
	}
}
