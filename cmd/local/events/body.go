package events

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/wire"
)

// newS3Event makes an event of S3 (AWS, "Event message structure", version 2.1).
func newS3Event(o wire.Object, size int64, now time.Time) map[string]any {
	type m = map[string]any
	return m{"Records": []m{{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": template.Region, "eventTime": now.UTC().Format("2006-01-02T15:04:05.000Z"),
		"eventName": o.Event, "userIdentity": m{"principalId": "AWS:" + template.Account},
		"requestParameters": m{"sourceIPAddress": o.Peer},
		"responseElements":  m{"x-amz-request-id": strings.ToUpper(id.Hex(8)), "x-amz-id-2": id.Hex(32)},
		"s3": m{
			"s3SchemaVersion": "1.0", "configurationId": "local",
			"bucket": m{"name": o.Bucket, "ownerIdentity": m{"principalId": template.Account}, "arn": "arn:aws:s3:::" + o.Bucket},
			"object": m{
				"key": strings.ReplaceAll(url.QueryEscape(o.Key), "%2F", "/"), "size": size, "eTag": o.ETag, "versionId": o.VersionID,
				"sequencer": fmt.Sprintf("%016X", now.UnixNano()),
			},
		},
	}}}
}

// newScanEvent makes GuardDuty's event of one scan (AWS, "Monitoring S3 object scans with Amazon EventBridge").
func newScanEvent(o wire.Object, status string, threats []map[string]any, now time.Time) map[string]any {
	type m = map[string]any
	return m{
		"version": "0", "id": id.UUID(), "detail-type": scanType, "source": GuardDutySource, "account": template.Account, "region": template.Region,
		"time": now.UTC().Format(time.RFC3339), "resources": []string{"arn:aws:guardduty:" + template.Region + ":" + template.Account + ":malware-protection-plan/local"},
		"detail": m{
			"schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
			"s3ObjectDetails":   m{"bucketName": o.Bucket, "objectKey": o.Key, "eTag": strings.Trim(o.ETag, `"`), "versionId": o.VersionID, "s3Throttled": false},
			"scanResultDetails": m{"scanResultStatus": status, "threats": threats},
		},
	}
}

// newSNSEvent makes the event of one notification on a topic, by its ARN (AWS, "Invoking Lambda functions with Amazon SNS notifications").
func newSNSEvent(topic, text string, now time.Time) map[string]any {
	type m = map[string]any
	return m{"Records": []m{{
		"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": topic + ":" + id.UUID(),
		"Sns": m{
			"Type": "Notification", "MessageId": id.UUID(), "TopicArn": topic, "Subject": "Amazon SES Email Event Notification", "Message": text,
			"Timestamp": now.UTC().Format("2006-01-02T15:04:05.000Z"), "SignatureVersion": "1", "MessageAttributes": m{},
		},
	}}}
}
