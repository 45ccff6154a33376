package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// newS3Event makes an event of S3 (AWS, "Event message structure", version 2.1).
func newS3Event(o object, size int64, now time.Time) map[string]any {
	type m = map[string]any
	return m{"Records": []m{{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": localRegion, "eventTime": now.UTC().Format("2006-01-02T15:04:05.000Z"),
		"eventName": o.Event, "userIdentity": m{"principalId": "AWS:" + localAccount},
		"requestParameters": m{"sourceIPAddress": o.Peer},
		"responseElements":  m{"x-amz-request-id": strings.ToUpper(randomHex(8)), "x-amz-id-2": randomHex(32)},
		"s3": m{
			"s3SchemaVersion": "1.0", "configurationId": "local",
			"bucket": m{"name": o.Bucket, "ownerIdentity": m{"principalId": localAccount}, "arn": "arn:aws:s3:::" + o.Bucket},
			"object": m{
				"key": strings.ReplaceAll(url.QueryEscape(o.Key), "%2F", "/"), "size": size, "eTag": o.ETag, "versionId": o.VersionID,
				"sequencer": fmt.Sprintf("%016X", now.UnixNano()),
			},
		},
	}}}
}

// newSNSEvent makes the event of one notification on a topic, by its ARN (AWS, "Invoking Lambda functions with Amazon SNS notifications").
func newSNSEvent(topic, text string, now time.Time) map[string]any {
	type m = map[string]any
	return m{"Records": []m{{
		"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": topic + ":" + uuid(),
		"Sns": m{
			"Type": "Notification", "MessageId": uuid(), "TopicArn": topic, "Subject": "Amazon SES Email Event Notification", "Message": text,
			"Timestamp": now.UTC().Format("2006-01-02T15:04:05.000Z"), "SignatureVersion": "1", "MessageAttributes": m{},
		},
	}}}
}
