package lambda

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// invokeElsewhere has a Lambda API run the event: the operation Invoke, as sam local start-lambda serves it.
func (f *Function) invokeElsewhere(ctx context.Context, payload []byte) Outcome {
	failed := func(err error) Outcome {
		fmt.Fprintf(f.Log, "%v\n", err)
		return Outcome{Err: err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.Endpoint+"/2015-03-31/functions/"+f.Spec.ID+"/invocations", bytes.NewReader(payload))
	if err != nil {
		return failed(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return failed(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return failed(err)
	}
	if kind := answer.Header.Get("X-Amz-Function-Error"); kind != "" || answer.StatusCode != http.StatusOK {
		return failed(fmt.Errorf("%s: status %d, function error %q: %s", f.Spec.Name, answer.StatusCode, kind, text))
	}
	return Outcome{Payload: text}
}
