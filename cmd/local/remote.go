package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// invokeElsewhere has a Lambda API run the event: the operation Invoke, as sam local start-lambda serves it.
func (f *function) invokeElsewhere(ctx context.Context, payload []byte) outcome {
	failed := func(err error) outcome {
		fmt.Fprintf(f.log, "%v\n", err)
		return outcome{result{err: err}, false}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.lambda+"/2015-03-31/functions/"+f.spec.ID+"/invocations", bytes.NewReader(payload))
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
		return failed(fmt.Errorf("%s: status %d, function error %q: %s", f.spec.Name, answer.StatusCode, kind, text))
	}
	return outcome{result{payload: text}, false}
}
