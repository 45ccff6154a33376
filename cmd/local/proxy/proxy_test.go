package proxy

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/cmd/local/faults"
	"phonon.in/central/cmd/local/iam"
	"phonon.in/central/cmd/local/wire"
	"phonon.in/central/cmd/local/xray"
)

func faultsOf(t *testing.T, all ...string) *faults.Faults {
	t.Helper()
	f := &faults.Faults{}
	for _, text := range all {
		if err := f.Set([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

type countingEngine struct{ bodies []string }

func (e *countingEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.bodies = append(e.bodies, string(wire.Peek(r)))
	w.Header().Set("X-Count", strings.Repeat("x", len(e.bodies)))
}

func (e *countingEngine) proxy(f *faults.Faults) *Proxy {
	return &Proxy{Service: wire.DynamoDB, Engine: e, Traces: xray.New(), Used: iam.New(), Faults: f}
}

func ask(p *Proxy, operation, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func TestAConflictIsRefusedAsDynamoDBDoesAndReachesNoEngine(t *testing.T) {
	e := &countingEngine{}
	p := e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"conflict"}`))
	w := ask(p, "TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"a"}},{"Put":{"TableName":"b"}}]}`)
	if w.Code != 400 || !strings.Contains(w.Body.String(), "TransactionCanceledException") ||
		strings.Count(w.Body.String(), `"Code":"TransactionConflict"`) != 1 || strings.Count(w.Body.String(), `"Code":"None"`) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(p, "PutItem", `{"TableName":"a"}`); w.Code != 400 || !strings.Contains(w.Body.String(), "#TransactionConflictException") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(e.bodies) != 0 {
		t.Errorf("the engine got %v", e.bodies)
	}
}

func TestADuplicateIsDoneTwiceAndAnsweredOnce(t *testing.T) {
	e := &countingEngine{}
	body := `{"TableName":"a","Item":{}}`
	w := ask(e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"duplicate"}`)), "PutItem", body)
	if !slices.Equal(e.bodies, []string{body, body}) || w.Header().Get("X-Count") != "xx" {
		t.Errorf("the engine got %v; the answer was %v", e.bodies, w.Header())
	}
}

func TestAStaleReadIsAnsweredWithTheResultBeforeAndAConsistentOneIsNot(t *testing.T) {
	e := &countingEngine{}
	p := e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"stale"}`))
	var got []string
	for range 3 {
		got = append(got, ask(p, "Query", `{"TableName":"a"}`).Header().Get("X-Count"))
	}
	got = append(got, ask(p, "Query", `{"TableName":"b"}`).Header().Get("X-Count"))
	got = append(got, ask(p, "GetItem", `{"TableName":"a", "ConsistentRead": true}`).Header().Get("X-Count"))
	if want := []string{"x", "x", "xx", "xxxx", "xxxxx"}; !slices.Equal(got, want) {
		t.Errorf("answered %v, want %v", got, want)
	}
}

func TestADelayComesBeforeTheEffectAndLeavesThePlaceToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &countingEngine{}
		p := e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"delay","ms":600}`))
		var told int
		p.Hangs = func(string) { told++ }
		began := time.Now()
		if w := ask(p, "GetItem", `{}`); w.Code != 200 || time.Since(began) != 600*time.Millisecond || told != 1 {
			t.Errorf("%d after %s, told %d times", w.Code, time.Since(began), told)
		}
	})
}

func TestEveryCarrierCanRefuseForTheOperatorAndForGood(t *testing.T) {
	for _, service := range []string{wire.SES, wire.SNS, wire.Voice, wire.Calls} {
		for _, mode := range []string{"held", "refused", "throttle", "500"} {
			e := &countingEngine{}
			p := &Proxy{Service: service, Engine: e, Traces: xray.New(), Used: iam.New(), Faults: faultsOf(t, `{"service":"`+service+`","mode":"`+mode+`"}`)}
			r := httptest.NewRequest("POST", "/", strings.NewReader("Action=SendEmail"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if service == wire.Voice {
				r.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2.SendVoiceMessage")
			}
			w, want := httptest.NewRecorder(), httptest.NewRecorder()
			p.ServeHTTP(w, r)
			p.Faults.Answer(want, service, mode)
			if w.Code != want.Code || w.Code < 400 || w.Body.Len() != want.Body.Len() || len(e.bodies) != 0 {
				t.Errorf("%s, %s: %d %s", service, mode, w.Code, w.Body)
			}
		}
	}
}

func TestAProxyWhosePortIsTakenFindsAnother(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := &Proxy{Service: wire.SES, Engine: http.NotFoundHandler(), Traces: xray.New(), Used: iam.New(), Faults: &faults.Faults{}}
	endpoint, err := p.Serve(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if endpoint == "http://"+l.Addr().String() {
		t.Error("it has the taken port")
	}
}
