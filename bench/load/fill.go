package load

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/bench/lab"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	hashing "phonon.in/central/shared/password"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// recorder is a DynamoDB that keeps what is written to it, as it comes over the wire, and says yes.
type recorder struct{ puts []put }

type put struct {
	TableName string
	Item      json.RawMessage
}

func (r *recorder) Do(request *http.Request) (*http.Response, error) {
	var body struct{ TransactItems []struct{ Put *put } }
	if err := json.NewDecoder(request.Body).Decode(&body); err != nil {
		return nil, err
	}
	for _, action := range body.TransactItems {
		if action.Put != nil {
			r.puts = append(r.puts, *action.Put)
		}
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader("{}")), Request: request,
	}, nil
}

// What stands in the mould where each account has something of its own.
const (
	markID      = "MARKOFTHEACCOUNTMARKOFTHEA"
	markAddress = "mark-of-the-address@load.example.com"
)

// mould is what one account is in the tables, as the store writes it: what stays of a sign-up, and the account that came of it. The
// messages are left out: they have been delivered.
type mould struct {
	puts   []put
	digest string // of markAddress
}

func newMould(ctx context.Context, users, tokens, terms string, now time.Time) (mould, error) {
	address, err := account.ParseEmail(markAddress)
	if err != nil {
		return mould{}, err
	}
	typed, err := hashing.Read(password)
	if err != nil {
		return mould{}, err
	}
	hash, err := hashing.Hash(ctx, typed) // of all of them: a hundred thousand would take an hour
	if err != nil {
		return mould{}, err
	}
	var r recorder
	s := store.New(dynamodb.New(dynamodb.Options{
		Region: "ap-south-1", Credentials: aws.AnonymousCredentials{}, BaseEndpoint: aws.String("http://recorder.invalid"), HTTPClient: &r,
	}), users, tokens)
	consent := account.Consent{Document: "terms", Version: terms, Locale: "en", AcceptedAt: now, IP: "192.0.2.1", UserAgent: "bench"}
	signup := account.Signup{
		ID: token.NewID(), Email: address, PasswordHash: token.NewSecret(hash), Consent: consent, CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(24 * time.Hour),
	}
	profile := account.Profile{
		ID: markID, Email: address, Locale: "en", Status: account.Active, KYC: "not_started", TermsVersion: terms,
		CredentialVersion: 1, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	seen := account.Activity{Kind: "account_created", At: now, IP: consent.IP, UserAgent: consent.UserAgent}
	if err := errors.Join(s.StartSignup(ctx, signup, message.Message{ID: token.NewID(), CreatedAt: now}), s.CompleteSignup(ctx, signup, profile, seen, now)); err != nil {
		return mould{}, err
	}
	m := mould{digest: address.Digest()}
	for _, p := range r.puts {
		if !bytes.Contains(p.Item, []byte(`"outbox#`)) {
			m.puts = append(m.puts, p)
		}
	}
	return m, nil
}

// filled is the address of account n of a table that was filled.
func filled(n int) string { return fmt.Sprintf("filled%06d@load.example.com", n) }

// export writes accounts as DynamoDB exports tables, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html:
// a folder for each table.
func (m mould) export(folder string, accounts int) (err error) {
	to := map[string]*exported{}
	for _, p := range m.puts {
		if to[p.TableName] == nil {
			if to[p.TableName], err = newExported(filepath.Join(folder, p.TableName, "data")); err != nil {
				return err
			}
		}
	}
	for n := range accounts {
		address, err := account.ParseEmail(filled(n))
		if err != nil {
			return err
		}
		own := strings.NewReplacer(markID, token.NewID(), markAddress, address.String(), m.digest, address.Digest())
		for _, p := range m.puts {
			to[p.TableName].line(own.Replace(string(p.Item)))
		}
	}
	for _, e := range to {
		err = errors.Join(err, e.close())
	}
	return err
}

// exported is a file of an export.
type exported struct {
	file *os.File
	zip  *gzip.Writer
	out  *bufio.Writer
}

func newExported(folder string) (*exported, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(folder, "items.json.gz"))
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	return &exported{file, zip, bufio.NewWriterSize(zip, 1<<20)}, err
}

// line adds an item. What cannot be written close says.
func (e *exported) line(item string) {
	e.out.WriteString(`{"Item":`)
	e.out.WriteString(item)
	e.out.WriteString("}\n")
}

func (e *exported) close() error { return errors.Join(e.out.Flush(), e.zip.Close(), e.file.Close()) }

// fill makes the data of a local run with that many accounts in its tables, in a folder. The tables are as those of this run are.
func (w *world) fill(ctx context.Context, l *lab.Lab, data string, accounts int) error {
	users, tokens := w.run.Env["USERS_TABLE"], w.run.Env["TOKENS_TABLE"]
	m, err := newMould(ctx, users, tokens, w.terms, time.Now())
	if err != nil {
		return err
	}
	source := filepath.Join(data, "export")
	defer os.RemoveAll(source)
	if err := m.export(source, accounts); err != nil {
		return err
	}
	var tables []json.RawMessage
	for _, name := range []string{users, tokens} {
		one, err := describe(ctx, w.run.Env["AWS_ENDPOINT_URL_DYNAMODB"], name)
		if err != nil {
			return err
		}
		tables = append(tables, one)
	}
	text, err := json.Marshal(tables)
	if err != nil {
		return err
	}
	schema := filepath.Join(source, "tables.json")
	if err := os.WriteFile(schema, text, 0o644); err != nil {
		return err
	}
	engine := exec.CommandContext(ctx, filepath.Join(l.Root, ".local", "tools", "dynoxide", "dynoxide"),
		"import", "--source", source, "--schema", schema, "--output", filepath.Join(data, "dynamo.db"))
	if said, err := engine.CombinedOutput(); err != nil {
		return fmt.Errorf("dynoxide import: %w\n%s", err, said)
	}
	return nil
}

// describe asks for the description of a table.
func describe(ctx context.Context, endpoint, table string) (json.RawMessage, error) {
	text, err := json.Marshal(map[string]string{"TableName": table})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.DescribeTable")
	r.Header.Set("X-Amz-Date", now.Format("20060102T150405Z"))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIALOCALLOCALLOCAL0/"+now.Format("20060102")+
		"/ap-south-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature="+strings.Repeat("0", 64)) // the engine looks at its form alone
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("DescribeTable %s: %d %.300s", table, answer.StatusCode, said)
	}
	return said, err
}
