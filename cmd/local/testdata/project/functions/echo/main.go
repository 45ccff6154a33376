package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"

	"phonon.in/central/shared/lambda"
)

const version = "one"

func main() { lambda.Start(handle) }

func handle(e lambda.Event) ([]byte, error) {
	var event struct {
		RawPath string `json:"rawPath"`
	}
	json.Unmarshal(e.Payload, &event)
	switch _, what, _ := strings.Cut(event.RawPath[1:], "/"); what {
	case "crash":
		os.Exit(3)
	case "fail":
		return nil, errors.New("no")
	case "say":
		os.Stderr.WriteString("all is well\n")
	case "unavailable":
		return []byte(`{"statusCode":503,"body":"later"}`), nil
	case "mail":
		mail(e)
	case "slow":
		time.Sleep(300 * time.Millisecond)
	case "hang":
		time.Sleep(time.Minute)
	case "version":
		return []byte(`{"statusCode":200,"body":"` + version + `"}`), nil
	case "environment":
		text, _ := json.Marshal(os.Environ())
		return text, nil
	case "calls":
		r, _ := http.NewRequest("POST", os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"), strings.NewReader(`{"TableName":"`+os.Getenv("USERS_TABLE")+`"}`))
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810.DescribeTable")
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/ap-south-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
		r.Header.Set("X-Amz-Date", "20260101T000000Z")
		r.Header.Set("X-Amzn-Trace-Id", e.Header.Get("Lambda-Runtime-Trace-Id"))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		resp.Body.Close()
	}
	answer, _ := json.Marshal(map[string]any{
		"statusCode": 201, "body": string(e.Payload), "cookies": []string{"a=1", "b=2"}, "headers": map[string]string{"X-Pid": pid()},
	})
	return answer, nil
}

func pid() string {
	text, _ := json.Marshal(os.Getpid())
	return string(text)
}

// mail asks SES for what it refuses: a mail from an address that is not verified.
func mail(e lambda.Event) {
	form := "Action=SendEmail&Version=2010-12-01&Source=somebody@example.com&Destination.ToAddresses.member.1=asha@example.com&Message.Subject.Data=x&Message.Body.Text.Data=x"
	r, _ := http.NewRequest("POST", os.Getenv("AWS_ENDPOINT_URL_SES"), strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/ap-south-1/ses/aws4_request, SignedHeaders=host, Signature="+strings.Repeat("0", 64))
	r.Header.Set("X-Amz-Date", "20260101T000000Z")
	r.Header.Set("X-Amzn-Trace-Id", e.Header.Get("Lambda-Runtime-Trace-Id"))
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
	}
}
