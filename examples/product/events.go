package main

import (
	"cmp"
	"context"
	"encoding/json"
	"log"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

const eventTypes = "in.phonon.central."

// event is what Central tells of an account (CloudEvents 1.0). It says what happened then; what holds now, userinfo says.
type event struct {
	ID, Type, Subject string
	Time              time.Time
}

// accounts are what the events said last, and who waits for the next.
type accounts struct {
	mu      sync.Mutex
	seen    map[string]bool      // events, by id: the same may come twice
	newest  map[string]time.Time // by account: they come in no order
	waiting map[string]map[chan struct{}]bool
}

func newAccounts() *accounts {
	return &accounts{seen: map[string]bool{}, newest: map[string]time.Time{}, waiting: map[string]map[chan struct{}]bool{}}
}

// take says whether an event is news.
func (a *accounts) take(e event) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen[e.ID] {
		return false
	}
	a.seen[e.ID] = true // a product writes this in the transaction that deals with the event
	if e.Time.Before(a.newest[e.Subject]) {
		return false
	}
	a.newest[e.Subject] = e.Time
	return true
}

// wait returns a channel that is told of the account's next change.
func (a *accounts) wait(sub string) (changed chan struct{}, leave func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting[sub] == nil {
		a.waiting[sub] = map[chan struct{}]bool{}
	}
	changed = make(chan struct{}, 1)
	a.waiting[sub][changed] = true
	return changed, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.waiting[sub], changed)
	}
}

func (a *accounts) tell(sub string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for changed := range a.waiting[sub] {
		select {
		case changed <- struct{}{}:
		default: // is told already
		}
	}
}

// readEvents reads the queue until ctx ends.
func (p *product) readEvents(ctx context.Context, queue string) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Print("no events: ", err)
		return
	}
	client := sqs.NewFromConfig(settings)
	for ctx.Err() == nil {
		got, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 20})
		if err != nil {
			if ctx.Err() == nil {
				log.Print("reading events: ", err)
			}
			pause(ctx, 5*time.Second)
			continue
		}
		for _, message := range got.Messages {
			p.happened(*message.Body)
			if _, err := client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: message.ReceiptHandle}); err != nil {
				log.Print("an event will come again: ", err)
			}
		}
	}
}

// happened deals with one event. Of types that it does not know it takes no notice: there may be more of them one day.
func (p *product) happened(body string) {
	var notification struct{ Message string }
	var e event
	if json.Unmarshal([]byte(body), &notification) != nil || json.Unmarshal([]byte(cmp.Or(notification.Message, body)), &e) != nil {
		log.Print("something in the queue is no event")
		return
	}
	kind, ours := strings.CutPrefix(e.Type, eventTypes)
	if !ours || !p.accounts.take(e) {
		return
	}
	switch kind {
	case "account.closed", "account.erased": // and a product that keeps something of people erases it then
		p.sessions.endAll(e.ID, time.Now(), e.Subject, "")
	case "kyc.submitted", "kyc.approved", "kyc.rejected", "kyc.expired":
	default:
		return
	}
	log.Printf("%s: %s", kind, e.Subject)
	p.accounts.tell(e.Subject)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
