// A function with a route. Others call lambda.Start of github.com/aws/aws-lambda-go; this one speaks to the Runtime API itself and needs no module.
package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(api + "next")
		if err != nil {
			return
		}
		var event struct{ PathParameters map[string]string }
		json.NewDecoder(next.Body).Decode(&event)
		next.Body.Close()
		answer, _ := json.Marshal(map[string]any{"statusCode": 200, "body": "Hello, " + event.PathParameters["name"]})
		done, err := http.Post(api+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", strings.NewReader(string(answer)))
		if err != nil {
			return
		}
		done.Body.Close()
	}
}
