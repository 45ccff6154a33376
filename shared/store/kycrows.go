package store

import (
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

type reasonRow struct {
	Code   string `dynamodbav:"code"`
	Detail string `dynamodbav:"detail"`
}

type caseRow struct {
	key
	No           int                  `dynamodbav:"no"`
	Status       string               `dynamodbav:"status"`
	ReviewStatus string               `dynamodbav:"reviewStatus,omitempty"` // only while it waits for a reviewer: the index is sparse
	EntityType   string               `dynamodbav:"entityType"`
	Catalogue    string               `dynamodbav:"catalogue"`
	Fields       map[string]string    `dynamodbav:"fields"`
	Flags        map[string]reasonRow `dynamodbav:"flags,omitempty"`
	Version      int                  `dynamodbav:"version"`
	Round        int                  `dynamodbav:"round"`
	CreatedAt    stamp                `dynamodbav:"createdAt"`
	UpdatedAt    stamp                `dynamodbav:"updatedAt"`
	SubmittedAt  stamp                `dynamodbav:"submittedAt,omitempty"`
}

func caseToRow(c kyc.Case) caseRow {
	r := caseRow{
		key: caseKey(c.AccountID, c.No), No: c.No, Status: string(c.Status), EntityType: c.EntityType, Catalogue: c.Catalogue,
		Fields: c.Fields, Version: c.Version, Round: c.Round,
		CreatedAt: stampOf(c.CreatedAt), UpdatedAt: stampOf(c.UpdatedAt), SubmittedAt: stampOf(c.SubmittedAt),
	}
	if len(c.Flags) > 0 {
		r.Flags = map[string]reasonRow{}
	}
	for pointer, reason := range c.Flags {
		r.Flags[pointer] = reasonRow(reason)
	}
	return r
}

func (r caseRow) kycCase(id account.ID) kyc.Case {
	c := kyc.Case{
		AccountID: id, No: r.No, Status: kyc.Status(r.Status), EntityType: r.EntityType, Catalogue: r.Catalogue, Fields: r.Fields,
		Version: r.Version, Round: r.Round,
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(), SubmittedAt: r.SubmittedAt.time(),
	}
	if len(r.Flags) > 0 {
		c.Flags = map[string]kyc.Reason{}
	}
	for pointer, reason := range r.Flags {
		c.Flags[pointer] = kyc.Reason(reason)
	}
	return c
}

type documentRow struct {
	key
	Requirement  string `dynamodbav:"requirement"`
	Type         string `dynamodbav:"documentType"`
	FileName     string `dynamodbav:"fileName"`
	ContentType  string `dynamodbav:"contentType"`
	Size         int64  `dynamodbav:"bytes"`
	State        string `dynamodbav:"state"`
	ReasonCode   string `dynamodbav:"reasonCode,omitempty"`
	ReasonDetail string `dynamodbav:"reasonDetail,omitempty"`
	SHA256       string `dynamodbav:"sha256,omitempty"`
	Key          string `dynamodbav:"objectKey"`
	VersionID    string `dynamodbav:"versionId,omitempty"`
	CreatedAt    stamp  `dynamodbav:"createdAt"`
	UploadedAt   stamp  `dynamodbav:"uploadedAt,omitempty"`
	CheckedAt    stamp  `dynamodbav:"checkedAt,omitempty"`
}

func documentToRow(id account.ID, no int, d kyc.Document) documentRow {
	return documentRow{
		key: documentKey(id, no, d.ID), Requirement: d.Requirement, Type: d.Type, FileName: d.FileName, ContentType: d.ContentType,
		Size: d.Size, State: string(d.State), ReasonCode: d.Reason.Code, ReasonDetail: d.Reason.Detail, SHA256: d.SHA256,
		Key: d.Key, VersionID: d.VersionID,
		CreatedAt: stampOf(d.CreatedAt), UploadedAt: stampOf(d.UploadedAt), CheckedAt: stampOf(d.CheckedAt),
	}
}

func (r documentRow) document() kyc.Document {
	_, id, _ := strings.Cut(r.SK, "#doc#")
	return kyc.Document{
		ID: id, Requirement: r.Requirement, Type: r.Type, FileName: r.FileName, ContentType: r.ContentType, Size: r.Size,
		State: kyc.DocState(r.State), Reason: kyc.Reason{Code: r.ReasonCode, Detail: r.ReasonDetail}, SHA256: r.SHA256,
		Key: r.Key, VersionID: r.VersionID,
		CreatedAt: r.CreatedAt.time(), UploadedAt: r.UploadedAt.time(), CheckedAt: r.CheckedAt.time(),
	}
}
