package store

import (
	"fmt"
	"hash/fnv"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// queued is the place of an item in the index Queue; an item without is not in it.
type queued struct {
	Queue    string `dynamodbav:"queue,omitempty"`
	QueueKey string `dynamodbav:"queueKey,omitempty"`
}

const (
	laneQueue     = "lane#"
	clockQueue    = "clock"
	decidedShards = 8
)

// queueOf is where a case waits as it is at a time: for a reviewer, or for time to pass.
func queueOf(c kyc.Case, now time.Time) queued {
	tick := c.NextTick()
	if look := c.NextLook(now); tick.IsZero() || !look.IsZero() && look.Before(tick) {
		tick = look
	}
	switch {
	case c.Waits():
		return queued{laneQueue + string(c.Lane), string(stampOf(c.DueAt)) + placeOf(c.AccountID, c.No)}
	case !tick.IsZero():
		return ticking(c.AccountID, c.No, tick)
	}
	return queued{}
}

func ticking(id account.ID, no int, at time.Time) queued {
	return queued{clockQueue, string(stampOf(at)) + placeOf(id, no)}
}

func placeOf(id account.ID, no int) string { return fmt.Sprintf("#%s#%04d", id, no) }

type verdictRow struct {
	Pointer     string            `dynamodbav:"pointer"`
	DocumentID  string            `dynamodbav:"documentId,omitempty"`
	OK          bool              `dynamodbav:"ok"`
	Code        string            `dynamodbav:"code,omitempty"`
	Detail      string            `dynamodbav:"detail,omitempty"`
	Checklist   map[string]string `dynamodbav:"checklist,omitempty"`
	SHA256      string            `dynamodbav:"sha256,omitempty"`
	PagesSHA256 string            `dynamodbav:"pagesSha256,omitempty"`
	ValidUntil  stamp             `dynamodbav:"validUntil,omitempty"`
	By          string            `dynamodbav:"by"`
	At          stamp             `dynamodbav:"at"`
	Round       int               `dynamodbav:"round"`
}

func verdictsToRow(verdicts []kyc.Verdict) []verdictRow {
	rows := make([]verdictRow, len(verdicts))
	for i, v := range verdicts {
		rows[i] = verdictRow{
			v.Pointer, v.DocumentID, v.OK, v.Reason.Code, v.Reason.Detail, v.Checklist, v.SHA256, v.PagesSHA256, stampOf(v.ValidUntil), string(v.By), stampOf(v.At), v.Round,
		}
	}
	return rows
}

func verdictsOf(rows []verdictRow) (verdicts []kyc.Verdict) {
	for _, r := range rows {
		verdicts = append(verdicts, kyc.Verdict{
			Pointer: r.Pointer, DocumentID: r.DocumentID, OK: r.OK, Reason: kyc.Reason{Code: r.Code, Detail: r.Detail}, Checklist: r.Checklist, SHA256: r.SHA256,
			PagesSHA256: r.PagesSHA256, ValidUntil: r.ValidUntil.time(), By: account.ID(r.By), At: r.At.time(), Round: r.Round,
		})
	}
	return verdicts
}

// recordRow is one thing that happened to a case, kept as long as the case.
type recordRow struct {
	key
	queued
	ID        string               `dynamodbav:"id"`
	At        stamp                `dynamodbav:"at"`
	ActorKind string               `dynamodbav:"actorKind"`
	Actor     string               `dynamodbav:"actor,omitempty"`
	Kind      string               `dynamodbav:"kind"`
	From      string               `dynamodbav:"from"`
	To        string               `dynamodbav:"status"`
	Lane      string               `dynamodbav:"lane,omitempty"`
	Reason    string               `dynamodbav:"reason,omitempty"`
	Note      string               `dynamodbav:"note,omitempty"`
	Outcome   string               `dynamodbav:"outcome,omitempty"`
	Risk      string               `dynamodbav:"risk,omitempty"`
	Parts     []verdictRow         `dynamodbav:"parts,omitempty"`
	Flags     map[string]reasonRow `dynamodbav:"flags,omitempty"`
	Round     int                  `dynamodbav:"round"`
	Version   int                  `dynamodbav:"version"`
	Rules     string               `dynamodbav:"catalogue"`
	Step      int                  `dynamodbav:"step,omitempty"`
	Undoes    string               `dynamodbav:"undoes,omitempty"`

	WasLane          string            `dynamodbav:"wasLane,omitempty"`
	WasHome          string            `dynamodbav:"wasHome,omitempty"`
	WasFirstBy       string            `dynamodbav:"wasFirstBy,omitempty"`
	WasDocuments     map[string]string `dynamodbav:"wasDocuments,omitempty"`
	WasVerifiedCase  int               `dynamodbav:"wasVerifiedCase,omitempty"`
	WasVerifiedUntil stamp             `dynamodbav:"wasVerifiedUntil,omitempty"`
	WasVerifiedAs    string            `dynamodbav:"wasVerifiedAs,omitempty"`
	WasVerifiedAt    stamp             `dynamodbav:"wasVerifiedAt,omitempty"`

	// Of a decision: what the index shows of it.
	Reference  string   `dynamodbav:"reference,omitempty"`
	EntityType string   `dynamodbav:"entityType,omitempty"`
	Codes      []string `dynamodbav:"codes,omitempty"`
	Sampled    bool     `dynamodbav:"sampled,omitempty"`
}

func recordToRow(c kyc.Case, r kyc.Record) recordRow {
	row := recordRow{
		key: recordKey(c.AccountID, c.No, r), ID: r.ID, At: stampOf(r.At), ActorKind: string(r.Actor.Kind), Actor: r.Actor.ID, Kind: r.Kind,
		From: string(r.From), To: string(r.To), Lane: string(r.Lane), Reason: r.Reason, Note: r.Note, Outcome: string(r.Outcome), Risk: string(r.Risk),
		Parts: verdictsToRow(r.Parts), Flags: flagsToRow(r.Flags), Round: r.Round, Version: r.Version, Rules: r.Rules, Step: r.Step, Undoes: r.Undoes.ID,
		WasLane: string(r.Before.Lane), WasHome: string(r.Before.Home), WasFirstBy: string(r.Before.FirstBy),
		WasVerifiedCase: r.Before.Verified.CaseNo, WasVerifiedUntil: stampOf(r.Before.Verified.Until),
		WasVerifiedAs: r.Before.Verified.EntityType, WasVerifiedAt: stampOf(r.Before.Verified.ApprovedAt),
	}
	for id, state := range r.Before.Documents {
		if row.WasDocuments == nil {
			row.WasDocuments = map[string]string{}
		}
		row.WasDocuments[id] = string(state)
	}
	if r.Outcome != "" || r.Kind == string(kyc.Reopen) || r.Kind == string(kyc.Undo) {
		row.queued = queued{decidedQueue(r), string(row.At) + "#" + r.ID}
		row.Reference, row.EntityType, row.Sampled = c.Reference, c.EntityType, r.Sampled
		for _, v := range r.Parts {
			if !v.OK {
				row.Codes = append(row.Codes, v.Reason.Code)
			}
		}
	}
	return row
}

func decidedQueue(r kyc.Record) string {
	h := fnv.New32a()
	h.Write([]byte(r.ID))
	return decidedPartition(r.At, int(h.Sum32()%decidedShards))
}

func (r recordRow) record() kyc.Record {
	rec := kyc.Record{
		ID: r.ID, At: r.At.time(), Actor: kyc.Actor{Kind: kyc.ActorKind(r.ActorKind), ID: r.Actor}, Kind: r.Kind, From: kyc.Status(r.From), To: kyc.Status(r.To),
		Lane: kyc.Lane(r.Lane), Reason: r.Reason, Note: r.Note, Outcome: kyc.Outcome(r.Outcome), Risk: kyc.Risk(r.Risk), Parts: verdictsOf(r.Parts),
		Flags: flagsOf(r.Flags), Round: r.Round, Version: r.Version, Rules: r.Rules, Step: r.Step, Undoes: kyc.Undone{ID: r.Undoes}, Sampled: r.Sampled,
		Before: kyc.Before{
			Lane: kyc.Lane(r.WasLane), Home: kyc.Lane(r.WasHome), FirstBy: account.ID(r.WasFirstBy),
			Verified: account.Verification{
				CaseNo: r.WasVerifiedCase, Until: r.WasVerifiedUntil.time(), EntityType: r.WasVerifiedAs, ApprovedAt: r.WasVerifiedAt.time(),
			},
		},
	}
	for id, state := range r.WasDocuments {
		if rec.Before.Documents == nil {
			rec.Before.Documents = map[string]kyc.DocState{}
		}
		rec.Before.Documents[id] = kyc.DocState(state)
	}
	return rec
}
