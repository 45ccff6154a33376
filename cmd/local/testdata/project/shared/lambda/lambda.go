// Package lambda is as much of a Lambda runtime as the tests of the local run need.
package lambda

import (
	"bytes"
	"io"
	"net/http"
	"os"
)

// Event is one event, with the headers that the Runtime API sent along.
type Event struct {
	Payload []byte
	Header  http.Header
}

// Start handles events until the process ends.
func Start(handle func(Event) (answer []byte, err error)) {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		resp, err := http.Get(api + "next")
		if err != nil {
			os.Exit(0)
		}
		payload, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		path, body := "/response", []byte(nil)
		if body, err = handle(Event{payload, resp.Header}); err != nil {
			path, body = "/error", []byte(`{"errorMessage":"`+err.Error()+`"}`)
		}
		done, err := http.Post(api+resp.Header.Get("Lambda-Runtime-Aws-Request-Id")+path, "application/json", bytes.NewReader(body))
		if err != nil {
			os.Exit(1)
		}
		done.Body.Close()
	}
}
