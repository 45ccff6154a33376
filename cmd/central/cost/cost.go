// Package cost computes the monthly bill from what each step of the journey was counted to use.
package cost

import (
	"fmt"
	"slices"
)

// Input says how many people come and how far they go. The defaults are assumptions, and stand in Defaults.
type Input struct {
	Signups       float64 `json:"signupsPerMonth"`
	VerifiedShare float64 `json:"verifiedShare"` // of those who sign up, who follow the link
	PhoneShare    float64 `json:"phoneShare"`    // of those, who prove a number and save their details
	KYCShare      float64 `json:"kycShare"`      // of those, who hand in their documents: completed accounts
	LandlineShare float64 `json:"landlineShare"` // of numbers, that are called
	Codes         float64 `json:"codesPerNumber"`
	Mails         float64 `json:"mailsPerSignup"`
	Documents     float64 `json:"documentsPerCase"`
	DocumentMB    float64 `json:"documentMB"`
	Scanned       float64 `json:"scannedShare"` // of documents: 1 with MalwareScan=on
	Logins        float64 `json:"laterLogins"`  // of each verified account, in the month
	Months        float64 `json:"monthsStored"`
	SMSUSD        float64 `json:"smsUSD"`
	CallUSD       float64 `json:"callUSD"`
	AlarmMetrics  float64 `json:"alarmMetrics"`
}

// Defaults are assumptions, not measurements.
func Defaults() Input {
	return Input{
		Signups: 1e6, VerifiedShare: 0.7, PhoneShare: 0.8, KYCShare: 0.6, LandlineShare: 0.1, Codes: 1.2, Mails: 1.1, Documents: 6, DocumentMB: 1,
		Logins: 2, Months: 12, SMSUSD: LocalSMS, CallUSD: MinuteCall, AlarmMetrics: alarmMetrics,
	}
}

// Line is one kind of unit on the bill.
type Line struct {
	Service string  `json:"service"`
	Unit    string  `json:"unit"`
	Units   float64 `json:"units"`
	USD     float64 `json:"usd"`
}

// Bill is one month.
type Bill struct {
	Input               Input   `json:"input"`
	Lines               []Line  `json:"lines"`
	TotalUSD            float64 `json:"totalUSD"`
	MessagesUSD         float64 `json:"messagesUSD"` // mails, SMS and calls of it
	Completed           float64 `json:"completedAccounts"`
	PerSignupUSD        float64 `json:"perSignupUSD"`
	PerMillionSignups   float64 `json:"perMillionSignupsUSD"`
	PerCompletedUSD     float64 `json:"perCompletedUSD"`
	WithoutMessagesEach float64 `json:"perCompletedWithoutMessagesUSD"`
}

// check says what is wrong with an input.
func (in Input) check() error {
	for name, share := range map[string]float64{
		"verified": in.VerifiedShare, "phone": in.PhoneShare, "kyc": in.KYCShare, "landline": in.LandlineShare, "scanned": in.Scanned,
	} {
		if !(share >= 0 && share <= 1) {
			return fmt.Errorf("--%s-share is %g, not from 0 to 1", name, share)
		}
	}
	for name, v := range map[string]float64{
		"codes": in.Codes, "mails": in.Mails, "documents": in.Documents, "document-mb": in.DocumentMB, "logins": in.Logins, "months": in.Months,
		"sms-usd": in.SMSUSD, "call-usd": in.CallUSD, "alarm-metrics": in.AlarmMetrics,
	} {
		if !(v >= 0) {
			return fmt.Errorf("--%s is %g, which is below 0", name, v)
		}
	}
	if !(in.Signups > 0) {
		return fmt.Errorf("--signups is %g, which is not above 0", in.Signups)
	}
	return nil
}

// Monthly computes the bill of a month in which in.Signups people come.
func Monthly(in Input) (Bill, error) {
	if err := in.check(); err != nil {
		return Bill{}, err
	}
	verified := in.Signups * in.VerifiedShare
	proven := verified * in.PhoneShare
	completed := proven * in.KYCShare
	u := usage{}
	u.steps(in, verified, proven, completed)
	u.storage(in, verified, completed)
	messages := in.Signups*in.Mails + completed*eventsPerCase
	codes := proven * in.Codes
	u.messages(messages, codes)
	u.add(Mail, messages)
	u.add(Publish, verified+completed*eventsPerCase)
	u.add(Price{in.SMSUSD, 1, "SMS", "SMS"}, codes*(1-in.LandlineShare))
	u.add(Price{in.CallUSD, 1, "calls of a minute", "Voice"}, codes*in.LandlineShare)
	u.fixed(in)
	b := Bill{Input: in, Lines: u.lines, Completed: completed}
	for _, l := range b.Lines {
		b.TotalUSD += l.USD
		if slices.Contains([]string{"SES", "SMS", "Voice"}, l.Service) {
			b.MessagesUSD += l.USD
		}
	}
	b.PerSignupUSD, b.PerMillionSignups = b.TotalUSD/in.Signups, b.TotalUSD/in.Signups*1e6
	if completed > 0 {
		b.PerCompletedUSD, b.WithoutMessagesEach = b.TotalUSD/completed, (b.TotalUSD-b.MessagesUSD)/completed
	}
	return b, nil
}
