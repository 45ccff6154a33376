package store

import (
	"strconv"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

type reasonRow struct {
	Code   string `dynamodbav:"code"`
	Detail string `dynamodbav:"detail"`
}

type snapshotRow struct {
	EntityType string            `dynamodbav:"entityType"`
	Fields     map[string]string `dynamodbav:"fields"`
	Holder     holderRow         `dynamodbav:"holder"`
}

type holderRow struct {
	Type    string `dynamodbav:"type,omitempty"`
	Name    string `dynamodbav:"name,omitempty"`
	Company string `dynamodbav:"company,omitempty"`
	Phone   string `dynamodbav:"phone,omitempty"`
	Email   string `dynamodbav:"email,omitempty"`
}

func snapshotToRow(s kyc.Snapshot) snapshotRow {
	h := s.Holder
	return snapshotRow{s.EntityType, s.Fields, holderRow{string(h.Type), h.Name, h.Company, h.Phone, h.Email}}
}

func (r snapshotRow) snapshot() kyc.Snapshot {
	h := r.Holder
	return kyc.Snapshot{EntityType: r.EntityType, Fields: r.Fields, Holder: kyc.HolderSnapshot{
		Type: account.Type(h.Type), Name: h.Name, Company: h.Company, Phone: h.Phone, Email: h.Email,
	}}
}

type caseRow struct {
	key
	queued
	No          int                  `dynamodbav:"no"`
	Status      string               `dynamodbav:"status"`
	Reference   string               `dynamodbav:"reference,omitempty"`
	EntityType  string               `dynamodbav:"entityType"`
	Catalogue   string               `dynamodbav:"catalogue"`
	Fields      map[string]string    `dynamodbav:"fields"`
	Flags       map[string]reasonRow `dynamodbav:"flags,omitempty"`
	Answers     map[string]string    `dynamodbav:"answers,omitempty"`
	HandedIn    snapshotRow          `dynamodbav:"handedIn"`
	Version     int                  `dynamodbav:"version"`
	Round       int                  `dynamodbav:"round"`
	CreatedAt   stamp                `dynamodbav:"createdAt"`
	UpdatedAt   stamp                `dynamodbav:"updatedAt"`
	SubmittedAt stamp                `dynamodbav:"submittedAt,omitempty"`

	DisplayName string       `dynamodbav:"displayName,omitempty"` // of who handed it in
	Lane        string       `dynamodbav:"lane,omitempty"`
	Home        string       `dynamodbav:"home,omitempty"`
	DueAt       stamp        `dynamodbav:"dueAt,omitempty"`
	Risk        string       `dynamodbav:"risk,omitempty"`
	FirstBy     string       `dynamodbav:"firstBy,omitempty"`
	LeaseID     string       `dynamodbav:"leaseId,omitempty"`
	LeaseBy     string       `dynamodbav:"leaseBy,omitempty"`
	LeaseUntil  stamp        `dynamodbav:"leaseUntil,omitempty"`
	HeldUntil   stamp        `dynamodbav:"heldUntil,omitempty"`
	Verdicts    []verdictRow `dynamodbav:"verdicts,omitempty"`
	DueBy       stamp        `dynamodbav:"dueBy,omitempty"`
	DecidedBy   string       `dynamodbav:"decidedBy,omitempty"`
	DecidedAt   stamp        `dynamodbav:"decidedAt,omitempty"`
	ApprovedAt  stamp        `dynamodbav:"approvedAt,omitempty"`
	ValidUntil  stamp        `dynamodbav:"validUntil,omitempty"`
	Final       bool         `dynamodbav:"final,omitempty"`
	Notice      string       `dynamodbav:"notice,omitempty"`
	Told        int          `dynamodbav:"told,omitempty"`
	ToldFrom    stamp        `dynamodbav:"toldFrom,omitempty"`
}

func caseToRow(c kyc.Case) caseRow {
	return caseRow{
		key: caseKey(c.AccountID, c.No), queued: queueOf(c, c.UpdatedAt),
		No: c.No, Status: string(c.Status), Reference: c.Reference, EntityType: c.EntityType, Catalogue: c.Catalogue,
		Fields: c.Fields, Flags: flagsToRow(c.Flags), Answers: c.Answers, HandedIn: snapshotToRow(c.HandedIn), Version: c.Version, Round: c.Round,
		CreatedAt: stampOf(c.CreatedAt), UpdatedAt: stampOf(c.UpdatedAt), SubmittedAt: stampOf(c.SubmittedAt),
		DisplayName: c.DisplayName(), Lane: string(c.Lane), Home: string(c.Home), DueAt: stampOf(c.DueAt), Risk: string(c.Risk), FirstBy: string(c.FirstBy),
		LeaseID: c.Lease.ID, LeaseBy: string(c.Lease.By), LeaseUntil: stampOf(c.Lease.Until), HeldUntil: stampOf(c.HeldUntil),
		Verdicts: verdictsToRow(c.Verdicts), DueBy: stampOf(c.DueBy), DecidedBy: string(c.DecidedBy), DecidedAt: stampOf(c.DecidedAt),
		ApprovedAt: stampOf(c.ApprovedAt), ValidUntil: stampOf(c.ValidUntil), Final: c.Final, Notice: c.Notice, Told: c.Told, ToldFrom: stampOf(c.ToldFrom),
	}
}

func (r caseRow) kycCase(id account.ID) kyc.Case {
	return kyc.Case{
		AccountID: id, No: r.No, Status: kyc.Status(r.Status), Reference: r.Reference, EntityType: r.EntityType, Catalogue: r.Catalogue,
		Fields: r.Fields, Flags: flagsOf(r.Flags), Answers: r.Answers, HandedIn: r.HandedIn.snapshot(), Version: r.Version, Round: r.Round,
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(), SubmittedAt: r.SubmittedAt.time(),
		Lane: kyc.Lane(r.Lane), Home: kyc.Lane(r.Home), DueAt: r.DueAt.time(), Risk: kyc.Risk(r.Risk), FirstBy: account.ID(r.FirstBy),
		Lease: kyc.Lease{ID: r.LeaseID, By: account.ID(r.LeaseBy), Until: r.LeaseUntil.time()}, HeldUntil: r.HeldUntil.time(),
		Verdicts: verdictsOf(r.Verdicts), DueBy: r.DueBy.time(), DecidedBy: account.ID(r.DecidedBy), DecidedAt: r.DecidedAt.time(),
		ApprovedAt: r.ApprovedAt.time(), ValidUntil: r.ValidUntil.time(), Final: r.Final, Notice: r.Notice, Told: r.Told, ToldFrom: r.ToldFrom.time(),
	}
}

func flagsToRow(flags map[string]kyc.Reason) map[string]reasonRow {
	rows := map[string]reasonRow{}
	for pointer, reason := range flags {
		rows[pointer] = reasonRow(reason)
	}
	return rows
}

func flagsOf(rows map[string]reasonRow) map[string]kyc.Reason {
	if len(rows) == 0 {
		return nil
	}
	flags := map[string]kyc.Reason{}
	for pointer, reason := range rows {
		flags[pointer] = kyc.Reason(reason)
	}
	return flags
}

// referenceRow leads from a case's reference to the case.
type referenceRow struct {
	key
	AccountID string `dynamodbav:"accountId"`
	No        int    `dynamodbav:"no"`
}

// roundRow is what a reviewer asked for after one submission, and what came of it.
type roundRow struct {
	key
	No       int                  `dynamodbav:"no"`
	HandedIn snapshotRow          `dynamodbav:"handedIn"`
	Flags    map[string]reasonRow `dynamodbav:"flags"`
	Answers  map[string]string    `dynamodbav:"answers,omitempty"`
	At       stamp                `dynamodbav:"at"`
}

func roundToRow(id account.ID, caseNo int, r kyc.Round) roundRow {
	return roundRow{
		key: roundKey(id, caseNo, r.No), No: r.No, HandedIn: snapshotToRow(r.HandedIn), Flags: flagsToRow(r.Flags), Answers: r.Answers, At: stampOf(r.At),
	}
}

func (r roundRow) round() kyc.Round {
	return kyc.Round{No: r.No, HandedIn: r.HandedIn.snapshot(), Flags: flagsOf(r.Flags), Answers: r.Answers, At: r.At.time()}
}

type documentRow struct {
	key
	Requirement  string   `dynamodbav:"requirement"`
	Type         string   `dynamodbav:"documentType"`
	FileName     string   `dynamodbav:"fileName"`
	ContentType  string   `dynamodbav:"contentType"`
	Size         int64    `dynamodbav:"bytes"`
	State        string   `dynamodbav:"state"`
	ReasonCode   string   `dynamodbav:"reasonCode,omitempty"`
	ReasonDetail string   `dynamodbav:"reasonDetail,omitempty"`
	SHA256       string   `dynamodbav:"sha256,omitempty"`
	Key          string   `dynamodbav:"objectKey"`
	VersionID    string   `dynamodbav:"versionId,omitempty"`
	Pages        []string `dynamodbav:"pages,omitempty"`
	Flattened    bool     `dynamodbav:"flattened,omitempty"`
	CreatedAt    stamp    `dynamodbav:"createdAt"`
	UploadedAt   stamp    `dynamodbav:"uploadedAt,omitempty"`
	ScannedAt    stamp    `dynamodbav:"scannedAt,omitempty"`
	CheckedAt    stamp    `dynamodbav:"checkedAt,omitempty"`
	RenderedAt   stamp    `dynamodbav:"renderedAt,omitempty"`
	PurgedAt     stamp    `dynamodbav:"purgedAt,omitempty"`
	Carried      int      `dynamodbav:"carried,omitempty"`
	Link         string   `dynamodbav:"link,omitempty"`
	Program      string   `dynamodbav:"program,omitempty"`
	Signature    string   `dynamodbav:"signature,omitempty"`
	Signer       string   `dynamodbav:"signer,omitempty"`
	Extended     bool     `dynamodbav:"extended,omitempty"`
}

func documentToRow(id account.ID, d kyc.Document) documentRow {
	return documentRow{
		key: documentKey(id, d.CaseNo, d.ID), Requirement: d.Requirement, Type: d.Type, FileName: d.FileName, ContentType: d.ContentType,
		Size: d.Size, State: string(d.State), ReasonCode: d.Reason.Code, ReasonDetail: d.Reason.Detail, SHA256: d.SHA256,
		Key: d.Key, VersionID: d.VersionID, Pages: d.Pages, Flattened: d.Flattened, ScannedAt: stampOf(d.ScannedAt), RenderedAt: stampOf(d.RenderedAt),
		CreatedAt: stampOf(d.CreatedAt), UploadedAt: stampOf(d.UploadedAt), CheckedAt: stampOf(d.CheckedAt), PurgedAt: stampOf(d.PurgedAt),
		Carried: d.Carried, Link: d.Link, Program: d.Origin.Program, Signature: string(d.Origin.Signature), Signer: d.Origin.Signer, Extended: d.Origin.Extended,
	}
}

func (r documentRow) document() kyc.Document {
	of, id, _ := strings.Cut(r.SK, documentInfix)
	no, _ := strconv.Atoi(strings.TrimPrefix(of, casePrefix)) // the key was made by documentKey
	return kyc.Document{
		ID: id, CaseNo: no, Requirement: r.Requirement, Type: r.Type, FileName: r.FileName, ContentType: r.ContentType, Size: r.Size,
		State: kyc.DocState(r.State), Reason: kyc.Reason{Code: r.ReasonCode, Detail: r.ReasonDetail}, SHA256: r.SHA256,
		Key: r.Key, VersionID: r.VersionID, Pages: r.Pages, Flattened: r.Flattened, ScannedAt: r.ScannedAt.time(), RenderedAt: r.RenderedAt.time(),
		CreatedAt: r.CreatedAt.time(), UploadedAt: r.UploadedAt.time(), CheckedAt: r.CheckedAt.time(), PurgedAt: r.PurgedAt.time(),
		Carried: r.Carried, Link: r.Link, Origin: kyc.Origin{Program: r.Program, Signature: kyc.Signature(r.Signature), Signer: r.Signer, Extended: r.Extended},
	}
}
