package main

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/cmd/local/engine"
)

const testBucket = "central-local-uploadsbucket"

// clients are those that a function would have.
func (s *system) clients() (*s3.Client, *dynamodb.Client) {
	env := s.services.Environment()
	return engine.S3Client(env["AWS_ENDPOINT_URL_S3"], engine.LocalKeys), engine.DynamoDBClient(env["AWS_ENDPOINT_URL_DYNAMODB"], engine.LocalKeys)
}

// post uploads a file with a presigned form, as a browser on the pages does.
func (s *system) post(t *testing.T, key, content string, change func(fields map[string]string)) *http.Response {
	t.Helper()
	api, _ := s.clients()
	form, err := s3.NewPresignClient(api).PresignPostObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(testBucket), Key: &key}, func(o *s3.PresignPostOptions) {
		o.Expires = time.Minute
		o.Conditions = []any{[]any{"content-length-range", 1, 100}, map[string]string{"success_action_status": "201"}}
	})
	if err != nil {
		t.Fatal(err)
	}
	fields := form.Values
	fields["success_action_status"] = "201"
	if change != nil {
		change(fields)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, v := range fields {
		w.WriteField(name, v)
	}
	part, _ := w.CreateFormFile("file", "a.pdf")
	io.WriteString(part, content)
	w.Close()
	r, _ := http.NewRequest("POST", form.URL, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", s.url)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

type s3Event struct {
	Records []struct {
		EventVersion, EventSource, EventName, AWSRegion, EventTime string
		S3                                                         struct {
			Bucket struct{ Name, ARN string }
			Object struct {
				Key, ETag, VersionID, Sequencer string
				Size                            int64
			}
		}
	}
}

// events reads what the function intake was given.
func (s *system) intakeEvents(t *testing.T) (all []s3Event) {
	t.Helper()
	text, err := os.ReadFile(s.out)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var e s3Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, e)
	}
	return all
}

func (s *system) pendingEvents(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.options.data, "events", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func checkUploads(t *testing.T, s *system) {
	for _, c := range []struct {
		name, key, content string
		change             func(map[string]string)
	}{
		{"too large", "incoming/large", strings.Repeat("x", 101), nil},
		{"another key than signed", "incoming/a", "x", func(f map[string]string) { f["key"] = "incoming/b" }},
		{"a signature that was touched", "incoming/a", "x", func(f map[string]string) { f["X-Amz-Signature"] = strings.Repeat("0", 64) }},
	} {
		t.Run("refused: "+c.name, func(t *testing.T) {
			if resp := s.post(t, c.key, c.content, c.change); resp.StatusCode < 400 {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
	resp := s.post(t, "incoming/a b/ü+1", "content", nil)
	if resp.StatusCode != 201 || resp.Header.Get("Access-Control-Allow-Origin") != s.url {
		t.Fatalf("status %d, CORS for %q", resp.StatusCode, resp.Header.Get("Access-Control-Allow-Origin"))
	}
	if resp := s.post(t, "elsewhere/a", "content", nil); resp.StatusCode != 201 {
		t.Fatalf("status %d", resp.StatusCode)
	}
	eventually(t, "the event reaches the function", func() bool { return len(s.intakeEvents(t)) == 1 && s.pendingEvents(t) == 0 })
	r := s.intakeEvents(t)[0].Records[0]
	o := r.S3.Object
	if r.EventVersion != "2.1" || r.EventSource != "aws:s3" || r.EventName != "ObjectCreated:Post" || r.S3.Bucket.Name != testBucket || r.S3.Bucket.ARN != "arn:aws:s3:::"+testBucket {
		t.Errorf("%+v", r)
	}
	if o.Key != "incoming/a+b/%C3%BC%2B1" || o.Size != 7 || o.ETag != "9a0364b9e99bb480dd25e1f0284c8555" || o.VersionID == "" || o.Sequencer == "" {
		t.Errorf("%+v", o)
	}
}

func checkTables(t *testing.T, s *system) {
	_, db := s.clients()
	_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("central-local-UsersTable"), Item: map[string]ddb.AttributeValue{
		"pk": &ddb.AttributeValueMemberS{Value: "a"}, "sk": &ddb.AttributeValueMemberS{Value: "b"},
		"n": &ddb.AttributeValueMemberN{Value: "12345678901234567890"}, "set": &ddb.AttributeValueMemberSS{Value: []string{"x"}},
		"map": &ddb.AttributeValueMemberM{Value: map[string]ddb.AttributeValue{"yes": &ddb.AttributeValueMemberBOOL{Value: true}}},
		"nil": &ddb.AttributeValueMemberNULL{Value: true}, "bytes": &ddb.AttributeValueMemberB{Value: []byte("hi")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, text := s.call(t, "GET", "/_local/tables", "")
	const want = `{"users":[{"bytes":"aGk=","map":{"yes":true},"n":12345678901234567890,"nil":null,"pk":"a","set":["x"],"sk":"b"}]}`
	if strings.TrimSpace(text) != want {
		t.Errorf("%s", text)
	}
}

func TestAnEventOutlivesItsRun(t *testing.T) {
	root := newProject(t)
	first := startSystem(t, root, func(o *options) { o.retry = []time.Duration{time.Hour} })
	if err := os.WriteFile(first.out+".fail", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	first.post(t, "incoming/one", "content", nil)
	eventually(t, "the first try fails", func() bool { return len(first.intakeEvents(t)) == 1 })
	first.stop()
	if first.pendingEvents(t) != 1 {
		t.Fatal("the event was lost")
	}
	if err := os.Remove(first.out + ".fail"); err != nil {
		t.Fatal(err)
	}
	second := startSystem(t, root, nil)
	eventually(t, "the second run delivers it", func() bool { return second.pendingEvents(t) == 0 })
	all := second.intakeEvents(t)
	if last := all[len(all)-1].Records[0].S3.Object; len(all) != 2 || last.Key != "incoming/one" {
		t.Errorf("%+v", all)
	}
}

func TestAnObjectWhoseEventWasNeverWrittenGetsOneAtTheNextStart(t *testing.T) {
	root := newProject(t)
	first := startSystem(t, root, nil)
	// Behind the proxy: as if the run had been killed between the object and its event.
	content := strings.NewReader("content")
	if _, err := first.services.S3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(testBucket), Key: aws.String("incoming/two"), Body: content}); err != nil {
		t.Fatal(err)
	}
	first.stop()
	if len(first.intakeEvents(t)) != 0 {
		t.Fatal("there is an event already")
	}
	second := startSystem(t, root, nil)
	eventually(t, "the event", func() bool { return len(second.intakeEvents(t)) == 1 })
	if o := second.intakeEvents(t)[0].Records[0].S3.Object; o.Key != "incoming/two" || o.VersionID == "" || o.Size != 7 {
		t.Errorf("%+v", o)
	}
}

func TestAnEventIsTriedThreeTimes(t *testing.T) {
	s := startSystem(t, newProject(t), nil)
	if err := os.WriteFile(s.out+".fail", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.post(t, "incoming/three", "content", nil)
	eventually(t, "the run gives up", func() bool { return s.pendingEvents(t) == 0 })
	if n := len(s.intakeEvents(t)); n != 3 {
		t.Errorf("%d tries", n)
	}
}
