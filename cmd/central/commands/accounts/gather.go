package accounts

import (
	"context"
	"errors"
	"time"

	"phonon.in/central/cmd/central/commands/messages"
	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
)

// export is all data of one person.
type export struct {
	ExportedAt time.Time         `json:"exportedAt"`
	Account    account.View      `json:"account"`
	Status     account.Status    `json:"status"`
	UpdatedAt  time.Time         `json:"updatedAt"`
	Consents   []exportConsent   `json:"consents"`
	Activity   []exportEvent     `json:"activity"`
	Sessions   []exportSession   `json:"sessions"`
	Factors    exportFactors     `json:"secondFactors"`
	KYC        []exportCase      `json:"kyc"`
	Apps       []exportApp       `json:"apps"`
	Told       []messages.Told   `json:"toldToProducts"`
	Messages   []messages.Queued `json:"messagesOnTheirWay"`
}

// exportApp is what the holder lets a client have; no scopes where that was taken back.
type exportApp struct {
	Client   oidc.ClientID `json:"client"`
	Scopes   []string      `json:"scopes"`
	Since    *time.Time    `json:"since"`
	LastUsed *time.Time    `json:"lastUsed"`
}

type exportConsent struct {
	Document   string    `json:"document"`
	Version    string    `json:"version"`
	Hash       string    `json:"sha256,omitempty"`
	Locale     string    `json:"locale"`
	AcceptedAt time.Time `json:"acceptedAt"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"userAgent"`
}

// exportFactors is what proves the holder beside the password, without what it is proved by.
type exportFactors struct {
	AppAddedAt    *time.Time      `json:"appAddedAt"`
	Passkeys      []exportPasskey `json:"passkeys"`
	RecoveryCodes int             `json:"recoveryCodesLeft"`
}

type exportPasskey struct {
	Name    string     `json:"name"`
	AddedAt time.Time  `json:"addedAt"`
	UsedAt  *time.Time `json:"usedAt"`
}

type exportEvent struct {
	Kind      string    `json:"kind"`
	At        time.Time `json:"at"`
	IP        string    `json:"ip,omitempty"`
	UserAgent string    `json:"userAgent,omitempty"`
	Reason    string    `json:"reason,omitempty"`
}

type exportSession struct {
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
	Remember   bool      `json:"remember"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"userAgent"`
}

type exportCase struct {
	No          int                   `json:"no"`
	Status      kyc.Status            `json:"status"`
	EntityType  string                `json:"entityType"`
	Catalogue   string                `json:"catalogueVersion"`
	Fields      map[string]string     `json:"fields"`
	Reference   string                `json:"reference,omitempty"`
	Flags       map[string]kyc.Reason `json:"askedToChange,omitempty"`
	Answers     map[string]string     `json:"answers,omitempty"`
	Rounds      []kyc.Round           `json:"earlierRounds,omitempty"` // what was asked and answered before
	CreatedAt   time.Time             `json:"createdAt"`
	UpdatedAt   time.Time             `json:"updatedAt"`
	SubmittedAt *time.Time            `json:"submittedAt"`
	Documents   []exportDocument      `json:"documents"`
}

type exportDocument struct {
	ID          string       `json:"id"`
	Requirement string       `json:"requirement"`
	Type        string       `json:"documentType"`
	FileName    string       `json:"fileName"`
	ContentType string       `json:"contentType"`
	Bytes       int64        `json:"bytes"`
	State       kyc.DocState `json:"state"`
	Reason      string       `json:"reason,omitempty"`
	CreatedAt   time.Time    `json:"createdAt"`
	UploadedAt  *time.Time   `json:"uploadedAt"`
	CheckedAt   *time.Time   `json:"checkedAt"`
	File        string       `json:"file,omitempty"` // where --documents put it, seen from that folder

	key, version string
}

// gather reads everything that is stored of an account.
func gather(ctx context.Context, c *where.Call, s *store.Store, p account.Profile) (export, error) {
	out := export{
		ExportedAt: c.Now().UTC(), Account: account.ViewOf(p), Status: p.Status, UpdatedAt: p.UpdatedAt,
		Consents: []exportConsent{}, Activity: []exportEvent{}, Sessions: []exportSession{}, KYC: []exportCase{}, Messages: []messages.Queued{},
	}
	consents, err1 := s.Consents(ctx, p.ID)
	events, err2 := s.Events(ctx, p.ID)
	sessions, err3 := s.Sessions(ctx, p, c.Now())
	cases, err4 := s.Cases(ctx, p.ID)
	waiting, err5 := s.Waiting(ctx)
	dead, err6 := s.Dead(ctx)
	told, err7 := s.EventsOf(ctx, p.ID, c.Now())
	set, err8 := s.Factors(ctx, p.ID)
	apps, err9 := s.Apps(ctx, p.ID)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9); err != nil {
		return export{}, err
	}
	out.Apps = []exportApp{}
	for _, a := range apps {
		out.Apps = append(out.Apps, exportApp{a.Client, a.Scopes, console.Optional(a.Since), console.Optional(a.LastUsed)})
	}
	out.Factors = exportFactors{console.Optional(set.TOTP.AddedAt), []exportPasskey{}, len(set.Recovery)}
	for _, k := range set.Passkeys {
		out.Factors.Passkeys = append(out.Factors.Passkeys, exportPasskey{k.Name, k.AddedAt, console.Optional(k.UsedAt)})
	}
	out.Told = messages.ToldOf(told)
	for _, o := range consents {
		out.Consents = append(out.Consents, exportConsent(o))
	}
	for _, e := range events {
		out.Activity = append(out.Activity, exportEvent{e.Kind, e.At, e.IP, e.UserAgent, e.Reason})
	}
	for _, o := range sessions {
		out.Sessions = append(out.Sessions, exportSession{o.CreatedAt, o.LastSeenAt, o.ExpiresAt, o.Remember, o.IP, o.UserAgent})
	}
	for _, k := range cases {
		rounds, err := s.Rounds(ctx, p.ID, k.No)
		if err != nil {
			return export{}, err
		}
		out.KYC = append(out.KYC, exportOf(k, rounds))
	}
	for _, q := range append(waiting, dead...) {
		if q.To != "" && (q.To == p.Email.String() || q.To == p.Phone.Number.E164()) {
			out.Messages = append(out.Messages, messages.QueuedOf(q, true))
		}
	}
	return out, nil
}

func exportOf(k kyc.Case, rounds []kyc.Round) exportCase {
	out := exportCase{
		No: k.No, Status: k.Status, EntityType: k.EntityType, Catalogue: k.Catalogue, Fields: k.Fields, Flags: k.Flags,
		Reference: k.Reference, Answers: k.Answers, Rounds: rounds,
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, SubmittedAt: console.Optional(k.SubmittedAt), Documents: []exportDocument{},
	}
	for _, d := range k.Documents {
		out.Documents = append(out.Documents, exportDocument{
			ID: d.ID, Requirement: d.Requirement, Type: d.Type, FileName: d.FileName, ContentType: d.ContentType, Bytes: d.Size, State: d.State,
			Reason: d.Reason.Detail, CreatedAt: d.CreatedAt, UploadedAt: console.Optional(d.UploadedAt), CheckedAt: console.Optional(d.CheckedAt),
			key: d.Key, version: d.VersionID,
		})
	}
	return out
}
