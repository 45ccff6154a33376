package capture

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

func readAll(r *http.Request) ([]byte, error) { return io.ReadAll(io.LimitReader(r.Body, 1<<20)) }

var (
	mailAddress = regexp.MustCompile(`^[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)+$`)
	e164        = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	senderID    = regexp.MustCompile(`^[A-Za-z0-9-]{3,11}$`)
	oneTo30     = regexp.MustCompile(`^.{1,30}$`)
)

const maxMail = 10 << 20

// SES serves SendEmail of API version 2010-12-01, from the one verified address.
func SES(box *Box, verified string) http.Handler {
	return query("ses", "http://ses.amazonaws.com/doc/2010-12-01/", map[string]func(url.Values) (string, *refusal){
		"SendEmail": func(f url.Values) (string, *refusal) { return sendEmail(box, verified, f) },
	})
}

func sendEmail(box *Box, verified string, f url.Values) (string, *refusal) {
	to := f.Get("Destination.ToAddresses.member.1")
	m := Message{
		Kind: "email", To: to, Subject: f.Get("Message.Subject.Data"),
		Text: f.Get("Message.Body.Text.Data"), HTML: f.Get("Message.Body.Html.Data"),
	}
	switch {
	case f.Get("Source") != verified:
		return "", refuse("MessageRejected", "Email address is not verified. The following identities failed the check in region AP-SOUTH-1: %s", f.Get("Source"))
	case to == "":
		return "", refuse("InvalidParameterValue", "Missing final '@domain'")
	case f.Get("Destination.ToAddresses.member.51") != "":
		return "", refuse("MessageRejected", "Recipient count exceeds 50")
	case !mailAddress.MatchString(to) || len(to) > 320:
		return "", refuse("InvalidParameterValue", "Illegal address")
	case m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n"):
		return "", refuse("InvalidParameterValue", "Subject must be one line")
	case m.Text == "" && m.HTML == "":
		return "", refuse("ValidationError", "1 validation error detected: the body is empty")
	case len(m.Text)+len(m.HTML) > maxMail:
		return "", refuse("InvalidParameterValue", "Message length is more than 10485760 bytes")
	}
	if strings.HasSuffix(to, "@simulator.amazonses.com") { // accepted and delivered to nobody, as at AWS
		return "<MessageId>simulator</MessageId>", nil
	}
	id, err := box.add(m)
	if err != nil {
		return "", &refusal{http.StatusInternalServerError, "InternalFailure", err.Error()}
	}
	return "<MessageId>" + id + "</MessageId>", nil
}

// SNS serves Publish to a phone number.
func SNS(box *Box) http.Handler {
	return query("sns", "http://sns.amazonaws.com/doc/2010-03-31/", map[string]func(url.Values) (string, *refusal){
		"Publish": func(f url.Values) (string, *refusal) { return publish(box, f) },
	})
}

const maxSMS = 1600

func publish(box *Box, f url.Values) (string, *refusal) {
	m := Message{Kind: "sms", To: f.Get("PhoneNumber"), Text: f.Get("Message"), Attributes: map[string]string{}}
	switch {
	case m.To == "":
		return "", refuse("InvalidParameter", "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter")
	case !e164.MatchString(m.To):
		return "", refuse("InvalidParameter", "Invalid parameter: PhoneNumber Reason: %s is not valid to publish to", m.To)
	case m.Text == "":
		return "", refuse("InvalidParameter", "Invalid parameter: Empty message")
	case len(m.Text) > maxSMS:
		return "", refuse("InvalidParameter", "Invalid parameter: Message too long")
	}
	for i := 1; ; i++ {
		at := "MessageAttributes.entry." + strconv.Itoa(i) + "."
		name := f.Get(at + "Name")
		if name == "" {
			break
		}
		kind, v := f.Get(at+"Value.DataType"), f.Get(at+"Value.StringValue")
		if bad := checkAttribute(name, kind, v); bad != nil {
			return "", bad
		}
		m.Attributes[name] = v
	}
	id, err := box.add(m)
	if err != nil {
		return "", &refusal{http.StatusInternalServerError, "InternalError", err.Error()}
	}
	return "<MessageId>" + id + "</MessageId>", nil
}

func checkAttribute(name, kind, v string) *refusal {
	bad := refuse("InvalidParameterValue", "Invalid value for attribute %s", name)
	number := name == "AWS.SNS.SMS.MaxPrice"
	if number && kind != "Number" || !number && kind != "String" {
		return refuse("InvalidParameterValue", "The message attribute '%s' has an invalid DataType %s", name, kind)
	}
	ok := true
	switch name {
	case "AWS.SNS.SMS.SenderID":
		ok = senderID.MatchString(v) && strings.ContainsAny(strings.ToLower(v), "abcdefghijklmnopqrstuvwxyz")
	case "AWS.SNS.SMS.SMSType":
		ok = v == "Transactional" || v == "Promotional"
	case "AWS.SNS.SMS.MaxPrice":
		price, err := strconv.ParseFloat(v, 64)
		ok = err == nil && price > 0
	case "AWS.MM.SMS.EntityId", "AWS.MM.SMS.TemplateId":
		ok = oneTo30.MatchString(v)
	}
	if !ok {
		return bad
	}
	return nil
}

// Voice serves SendVoiceMessage of AWS End User Messaging.
func Voice(box *Box) http.Handler {
	return jsonRPC("sms-voice", "PinpointSMSVoiceV2", map[string]func([]byte) (any, *refusal){
		"SendVoiceMessage": func(body []byte) (any, *refusal) { return sendVoice(box, body) },
	})
}

var tags = regexp.MustCompile(`<[^>]*>`)

func sendVoice(box *Box, body []byte) (any, *refusal) {
	var in struct {
		DestinationPhoneNumber, OriginationIdentity, MessageBody, MessageBodyTextType, VoiceId, MaxPricePerMinute string
		TimeToLive                                                                                                int
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, refuse("SerializationException", "%v", err)
	}
	most := 3000
	if in.MessageBodyTextType == "SSML" {
		most = 6000
	}
	switch {
	case !e164.MatchString(in.DestinationPhoneNumber):
		return nil, refuse("ValidationException", "DestinationPhoneNumber is not a valid phone number")
	case in.OriginationIdentity == "":
		return nil, refuse("ValidationException", "OriginationIdentity is required")
	case in.MessageBody == "" || len(in.MessageBody) > most:
		return nil, refuse("ValidationException", "MessageBody must have 1 to %d characters", most)
	case in.MessageBodyTextType != "" && in.MessageBodyTextType != "TEXT" && in.MessageBodyTextType != "SSML":
		return nil, refuse("ValidationException", "MessageBodyTextType must be TEXT or SSML")
	case in.MessageBodyTextType == "SSML" && !strings.HasPrefix(in.MessageBody, "<speak>"):
		return nil, refuse("ValidationException", "MessageBody is not SSML")
	case in.TimeToLive < 0 || in.TimeToLive > 259200:
		return nil, refuse("ValidationException", "TimeToLive must be 5 to 259200 seconds")
	}
	text := strings.Join(strings.Fields(tags.ReplaceAllString(in.MessageBody, " ")), " ")
	id, err := box.add(Message{
		Kind: "call", To: in.DestinationPhoneNumber, Text: text,
		Attributes: map[string]string{"OriginationIdentity": in.OriginationIdentity, "MaxPricePerMinute": in.MaxPricePerMinute, "TimeToLive": strconv.Itoa(in.TimeToLive)},
	})
	if err != nil {
		return nil, &refusal{http.StatusInternalServerError, "InternalServerException", err.Error()}
	}
	return map[string]string{"MessageId": id}, nil
}

// Secrets serves GetSecretValue for secrets by their ARN or name.
func Secrets(values map[string]string) http.Handler {
	return jsonRPC("secretsmanager", "secretsmanager", map[string]func([]byte) (any, *refusal){
		"GetSecretValue": func(body []byte) (any, *refusal) {
			var in struct{ SecretId string }
			if err := json.Unmarshal(body, &in); err != nil {
				return nil, refuse("InvalidRequestException", "%v", err)
			}
			v, ok := values[in.SecretId]
			if !ok {
				return nil, refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
			}
			return map[string]any{"ARN": in.SecretId, "Name": in.SecretId, "SecretString": v, "VersionStages": []string{"AWSCURRENT"}}, nil
		},
	})
}
