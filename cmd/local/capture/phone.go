package capture

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	e164     = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	senderID = regexp.MustCompile(`^[A-Za-z0-9-]{3,11}$`)
	letter   = regexp.MustCompile(`[A-Za-z]`)
)

const maxSMS = 1600 // bytes

// SNS serves Publish to a phone number, for texts that are registered; nil takes every text. It serves Publish to topics, too, each with the
// queue that is subscribed to it, by the topic's ARN.
func SNS(box *Box, texts Registered, topics map[string]*Queue) http.Handler {
	return query("sns", "http://sns.amazonaws.com/doc/2010-03-31/", "2010-03-31", map[string]func(url.Values) (string, *refusal){
		"Publish": func(f url.Values) (string, *refusal) {
			if topic := f.Get("TopicArn") + f.Get("TargetArn"); topic != "" {
				return notify(topics[topic], topic, f)
			}
			return publish(box, texts, f)
		},
	})
}

func publish(box *Box, texts Registered, f url.Values) (string, *refusal) {
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
		at := fmt.Sprintf("MessageAttributes.entry.%d.", i)
		if !f.Has(at + "Name") {
			break
		}
		name, v := f.Get(at+"Name"), f.Get(at+"Value.StringValue")
		if bad := checkAttribute(name, f.Get(at+"Value.DataType"), v); bad != nil {
			return "", bad
		}
		m.Attributes[name] = v
	}
	if bad := texts.check(m.Attributes["AWS.MM.SMS.TemplateId"], m.Text); bad != nil {
		return "", bad
	}
	m.From = m.Attributes["AWS.SNS.SMS.SenderID"]
	id, err := box.add(m)
	if err != nil {
		return "", broken("InternalError", err)
	}
	return "<MessageId>" + id + "</MessageId>", nil
}

func checkAttribute(name, kind, v string) *refusal {
	wanted := "String"
	if name == "AWS.SNS.SMS.MaxPrice" {
		wanted = "Number"
	}
	valid := v != ""
	switch name {
	case "AWS.SNS.SMS.SenderID":
		valid = senderID.MatchString(v) && letter.MatchString(v)
	case "AWS.SNS.SMS.SMSType":
		valid = v == "Transactional" || v == "Promotional"
	case "AWS.SNS.SMS.MaxPrice":
		price, err := strconv.ParseFloat(v, 64)
		valid = err == nil && price > 0
	case "AWS.MM.SMS.EntityId", "AWS.MM.SMS.TemplateId":
		valid = v != "" && len(v) <= 50
	case "AWS.MM.SMS.OriginationNumber":
		valid = len(v) >= 5 && len(v) <= 14
	default:
		wanted = kind // other attributes are free
	}
	if kind != wanted || kind == "" {
		return refuse("ParameterValueInvalid", "The message attribute '%s' has an invalid message attribute type: %s", name, kind)
	}
	if !valid {
		return refuse("InvalidParameter", "Invalid parameter: MessageAttributes Reason: the value of %s is not valid", name)
	}
	return nil
}

// Voice serves SendVoiceMessage of AWS End User Messaging (pinpoint-sms-voice-v2).
func Voice(box *Box) http.Handler {
	return jsonRPC("sms-voice", "PinpointSMSVoiceV2", "1.0", map[string]func([]byte) (any, *refusal){
		"SendVoiceMessage": func(body []byte) (any, *refusal) { return sendVoice(box, body) },
	})
}

type voiceMessage struct {
	DestinationPhoneNumber, OriginationIdentity, MessageBody, MessageBodyTextType, VoiceId, MaxPricePerMinute string

	TimeToLive *int
}

func sendVoice(box *Box, body []byte) (any, *refusal) {
	var in voiceMessage
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, refuse("SerializationException", "%v", err)
	}
	if text, reason := in.wrong(); reason != "" {
		field, _, _ := strings.Cut(text, " ")
		return nil, &refusal{status: http.StatusBadRequest, code: "ValidationException", text: text, reason: reason, field: field}
	}
	attributes := map[string]string{"VoiceId": in.VoiceId, "MaxPricePerMinute": in.MaxPricePerMinute}
	if in.TimeToLive != nil {
		attributes["TimeToLive"] = strconv.Itoa(*in.TimeToLive)
	}
	spoken, _ := speech(in.MessageBody)
	if in.MessageBodyTextType != "SSML" {
		spoken = in.MessageBody
	}
	id, err := box.add(Message{Kind: "call", From: in.OriginationIdentity, To: in.DestinationPhoneNumber, Text: spoken, Attributes: attributes})
	if err != nil {
		return nil, broken("InternalServerException", err)
	}
	return map[string]string{"MessageId": id}, nil
}

// wrong says what the service would refuse, the name of the field first, and its name for the reason.
func (in voiceMessage) wrong() (text, reason string) {
	const field = "FIELD_VALIDATION_FAILED"
	longest := 3000
	if in.MessageBodyTextType == "SSML" {
		longest = 6000
	}
	switch {
	case !e164.MatchString(in.DestinationPhoneNumber):
		return "DestinationPhoneNumber is not in E.164 format", field
	case in.OriginationIdentity == "":
		return "OriginationIdentity is required", field
	case in.MessageBodyTextType != "" && in.MessageBodyTextType != "TEXT" && in.MessageBodyTextType != "SSML":
		return "MessageBodyTextType must be TEXT or SSML", field
	case in.MessageBody == "" || utf8.RuneCountInString(in.MessageBody) > longest:
		return fmt.Sprintf("MessageBody must have 1 to %d characters", longest), field
	case in.TimeToLive != nil && (*in.TimeToLive < 5 || *in.TimeToLive > 259200):
		return "TimeToLive must be between 5 and 259200 seconds", field
	}
	if price, err := strconv.ParseFloat(in.MaxPricePerMinute, 64); in.MaxPricePerMinute != "" && (err != nil || price <= 0 || len(in.MaxPricePerMinute) > 8) {
		return "MaxPricePerMinute is not a decimal number of 2 to 8 characters", field
	}
	if in.MessageBodyTextType == "SSML" {
		if _, err := speech(in.MessageBody); err != nil {
			return "MessageBody is not valid SSML: " + err.Error(), "INVALID_PARAMETER"
		}
	}
	return "", ""
}

// speech is the text of an SSML document, whose root is <speak>.
func speech(ssml string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(ssml))
	var words []string
	depth, root := 0, ""
	for {
		token, err := d.Token()
		if token == nil {
			if depth != 0 || root != "speak" {
				return "", fmt.Errorf("the root must be <speak> (%v)", err)
			}
			return strings.Join(strings.Fields(strings.Join(words, " ")), " "), nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				root = t.Name.Local
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			words = append(words, string(t))
		}
	}
}
