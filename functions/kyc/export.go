package main

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/oidc"
)

// What one export has at most, so that it fits into the 6 MB of an answer, and how long its links work: as long as a slow network needs to begin
// with the last file.
const (
	mostActivity = 5000
	exportLife   = 15 * time.Minute
)

type exportAnswer struct {
	ExportedAt time.Time         `json:"exportedAt"`
	Account    account.View      `json:"account"`
	Consents   []exportedConsent `json:"consents"`
	Apps       []exportedApp     `json:"apps"`     // that the holder lets have something
	Activity   []exportedEvent   `json:"activity"` // the newest first
	Complete   bool              `json:"activityComplete"`
	Sessions   []exportedSession `json:"sessions"`
	Cases      []exportedCase    `json:"cases"`
}

type exportedConsent struct {
	Document   string    `json:"document"`
	Version    string    `json:"version"`
	SHA256     string    `json:"sha256"`
	Locale     string    `json:"locale"`
	AcceptedAt time.Time `json:"acceptedAt"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"userAgent"`
}

type exportedApp struct {
	Client   oidc.ClientID `json:"client"`
	Scopes   []string      `json:"scopes"`
	Since    time.Time     `json:"since"`
	LastUsed *time.Time    `json:"lastUsed"` // null for never
}

type exportedEvent struct {
	Kind      string    `json:"kind"`
	At        time.Time `json:"at"`
	IP        string    `json:"ip"`
	UserAgent string    `json:"userAgent"`
}

type exportedSession struct {
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"userAgent"`
}

type exportedCase struct {
	No         int                `json:"no"`
	Status     kyc.Status         `json:"status"`
	EntityType string             `json:"entityType"`
	Catalogue  string             `json:"catalogueVersion"`
	Reference  string             `json:"reference"`
	Fields     map[string]string  `json:"fields"`
	Answers    map[string]string  `json:"answers"`
	CreatedAt  time.Time          `json:"createdAt"`
	UpdatedAt  time.Time          `json:"updatedAt"`
	Documents  []exportedDocument `json:"documents"`
}

type exportedDocument struct {
	ID          string       `json:"id"`
	Requirement string       `json:"requirement"`
	Type        string       `json:"documentType"`
	FileName    string       `json:"fileName"`
	ContentType string       `json:"contentType"`
	Bytes       int64        `json:"bytes"`
	SHA256      string       `json:"sha256"`
	State       kyc.DocState `json:"state"`
	CreatedAt   time.Time    `json:"createdAt"`
	URL         string       `json:"url"` // "" where no file is kept
}

// export is everything that an account has of its holder. Files are not in it: each has a link of its own, straight to storage.
func (h *handler) export(ctx context.Context, c *httpapi.Call, _ httpapi.None) (exportAnswer, error) {
	if err := c.SteppedUp(); err != nil {
		return exportAnswer{}, err
	}
	if _, err := c.Take(ctx, limit.ExportAccount.By(string(c.Profile.ID))); err != nil {
		return exportAnswer{}, err
	}
	all := exportAnswer{
		ExportedAt: c.Now, Account: account.ViewOf(c.Profile), Consents: []exportedConsent{}, Apps: []exportedApp{}, Activity: []exportedEvent{}, Sessions: []exportedSession{}, Cases: []exportedCase{},
	}
	if err := h.exportLogs(ctx, c, &all); err != nil {
		return exportAnswer{}, err
	}
	cases, err := h.store.Cases(ctx, c.Profile.ID)
	if err != nil {
		return exportAnswer{}, err
	}
	for _, k := range cases {
		exported, err := h.exportCase(ctx, c, k)
		if err != nil {
			return exportAnswer{}, err
		}
		all.Cases = append(all.Cases, exported)
	}
	return all, h.store.NoteActivity(ctx, c.Profile.ID, c.Seen("account_exported"))
}

func (h *handler) exportLogs(ctx context.Context, c *httpapi.Call, all *exportAnswer) error {
	consents, err := h.store.Consents(ctx, c.Profile.ID)
	if err != nil {
		return err
	}
	for _, one := range consents {
		all.Consents = append(all.Consents, exportedConsent{one.Document, one.Version, one.Hash, one.Locale, one.AcceptedAt, one.IP, one.UserAgent})
	}
	apps, err := h.store.Apps(ctx, c.Profile.ID)
	if err != nil {
		return err
	}
	for _, a := range apps {
		all.Apps = append(all.Apps, exportedApp{a.Client, a.Scopes, a.Since, timeOrNull(a.LastUsed)})
	}
	events, next, err := h.store.Activity(ctx, c.Profile.ID, "", mostActivity, c.Now)
	if err != nil {
		return err
	}
	for _, e := range events {
		all.Activity = append(all.Activity, exportedEvent{e.Kind, e.At, e.IP, e.UserAgent})
	}
	all.Complete = next == ""
	sessions, err := h.store.Sessions(ctx, c.Profile, c.Now)
	for _, s := range sessions {
		all.Sessions = append(all.Sessions, exportedSession{s.CreatedAt, s.LastSeenAt, s.ExpiresAt, s.IP, s.UserAgent})
	}
	return err
}

func (h *handler) exportCase(ctx context.Context, c *httpapi.Call, k kyc.Case) (exportedCase, error) {
	e := exportedCase{
		No: k.No, Status: k.Status, EntityType: k.EntityType, Catalogue: k.Catalogue, Reference: k.Reference, Fields: orNone(k.Fields), Answers: orNone(k.Answers),
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, Documents: []exportedDocument{},
	}
	for _, d := range k.Documents {
		x := exportedDocument{d.ID, d.Requirement, d.Type, d.FileName, d.ContentType, d.Size, d.SHA256, d.State, d.CreatedAt, ""}
		if d.State.Kept() {
			url, err := h.bucket.Download(ctx, d.Key, d.VersionID, d.FileName, d.ContentType, c.Now, exportLife)
			if err != nil {
				return e, err
			}
			x.URL = url
		}
		e.Documents = append(e.Documents, x)
	}
	return e, nil
}

func orNone(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
