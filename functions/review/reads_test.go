package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

// counter counts the calls of DynamoDB by their name, and the items that they looked at to answer.
type counter struct {
	mu    sync.Mutex
	calls map[string]int
	items int
}

func (c *counter) Do(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(text))
	var read struct{ ScannedCount int }
	json.Unmarshal(text, &read) // answers of writes have none
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.mu.Lock()
	c.calls[name]++
	c.items += read.ScannedCount
	c.mu.Unlock()
	return answer, nil
}

// listed are the keys of a case, and what the index has besides.
var listed = []string{"pk", "sk", "queue", "queueKey", "reference", "status", "entityType", "displayName", "round", "submittedAt"}

// waits lets that many copies of a case wait in its lane.
func (w *world) waits(t *testing.T, c kyc.Case, n int) {
	t.Helper()
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	items := w.Items(t)
	one := items[slices.IndexFunc(items, func(i map[string]types.AttributeValue) bool {
		sk, _ := i["sk"].(*types.AttributeValueMemberS)
		return sk != nil && sk.Value == "kyc#0001"
	})]
	place := one["queueKey"].(*types.AttributeValueMemberS).Value
	var puts []types.WriteRequest
	for no := 2; no <= n; no++ {
		reference := fmt.Sprintf("0000-%04d", no)
		copied, number := maps.Clone(one), &types.AttributeValueMemberN{Value: strconv.Itoa(no)}
		copied["sk"], copied["no"], copied["reference"] = text(fmt.Sprintf("kyc#%04d", no)), number, text(reference)
		copied["queueKey"] = text(strings.TrimSuffix(place, "0001") + fmt.Sprintf("%04d", no))
		if no > pageOfLane { // nobody gets to these: they are only listed
			maps.DeleteFunc(copied, func(name string, _ types.AttributeValue) bool { return !slices.Contains(listed, name) })
		}
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: copied}})
		if no <= pageOfLane {
			leads := map[string]types.AttributeValue{"pk": text("reference#" + reference), "sk": text("case"), "accountId": text(string(c.AccountID)), "no": number}
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: leads}})
		}
	}
	var writes errgroup.Group
	writes.SetLimit(4)
	for batch := range slices.Chunk(puts, 25) {
		writes.Go(func() error {
			_, err := w.DB.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{w.Users: batch}})
			return err
		})
	}
	must(t, writes.Wait())
}

// reads counts what each route of a reviewer asks of DynamoDB while that many cases wait.
func reads(t *testing.T, waiting int, routes []string) (all []*counter) {
	t.Helper()
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	one := w.submitted(t)
	w.waits(t, one, waiting)
	w.reviewer(t, "Meena", false).takes(t, one) // the only one that has documents, and so more to read
	for _, route := range routes {
		counted := &counter{calls: map[string]int{}}
		db := dynamodb.New(w.DB.Options(), func(o *dynamodb.Options) { o.HTTPClient = counted })
		s := store.New(db, w.Users, w.Tokens)
		w.api = (&handler{store: s, policy: kyc.DefaultPolicy, scanner: "off"}).routes(httpapi.Config{
			PublicURL: "https://central.example.com", Now: w.now, Sessions: s, Limits: s, Log: slog.New(slog.DiscardHandler),
		})
		method, path, _ := strings.Cut(route, " ")
		p.want(t, "200", method, path, nil)
		all = append(all, counted)
	}
	return all
}

func TestALongQueueTakesNoMoreReadsThanAShortOne(t *testing.T) {
	const page, long = pageOfLane, 10_000
	routes := []string{"GET /v1/review", "GET /v1/review/cases?lane=new", "POST /v1/review/next"}
	ten, full, all := reads(t, 10, routes), reads(t, page, routes), reads(t, long, routes)
	for i, route := range routes {
		if !maps.Equal(all[i].calls, ten[i].calls) || ten[i].calls["Query"] == 0 {
			t.Errorf("%s: %v with 10 cases, %v with %d", route, ten[i].calls, all[i].calls, long)
		}
		if all[i].items != full[i].items || all[i].items < page {
			t.Errorf("%s: looks at %d items with a full page, at %d with %d", route, full[i].items, all[i].items, long)
		}
		t.Logf("%s: %v, %d items with 10 cases, %d with %d", route, ten[i].calls, ten[i].items, all[i].items, long)
	}
}
