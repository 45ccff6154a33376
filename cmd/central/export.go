package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
)

const exportHelp = `Writes all that is stored about one person as readable JSON: what the person may ask for under section 11 of the
DPDP Act 2023. Passwords' hashes, tokens and codes are not in it.

The file must not exist yet, and only you can read it: it is personal data.`

// export is all data of one person.
type export struct {
	ExportedAt time.Time       `json:"exportedAt"`
	Account    account.View    `json:"account"`
	Status     account.Status  `json:"status"`
	UpdatedAt  time.Time       `json:"updatedAt"`
	Consents   []exportConsent `json:"consents"`
	Activity   []exportEvent   `json:"activity"`
	Sessions   []exportSession `json:"sessions"`
	Factors    exportFactors   `json:"secondFactors"`
	KYC        []exportCase    `json:"kyc"`
	Apps       []exportApp     `json:"apps"`
	Told       []toldView      `json:"toldToProducts"`
	Messages   []queuedView    `json:"messagesOnTheirWay"`
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

// exported is what the command itself prints.
type exported struct {
	Account   account.ID `json:"account"`
	File      string     `json:"file"`
	Documents int        `json:"documents"`
	Files     int        `json:"filesDownloaded"`
}

func (c *cli) exportCommand() *cobra.Command {
	var to, documents string
	cmd := &cobra.Command{Use: "export <who>", Short: "Write all data of one person to a file", Long: exportHelp + "\n\n" + whoHelp, Args: one("whose data")}
	cmd.Flags().StringVar(&to, "to", "", "`file` to write")
	cmd.Flags().StringVar(&documents, "documents", "", "download the documents into this `folder`, too")
	cmd.RunE = c.action(func(ctx context.Context, args []string) error {
		if to == "" {
			return badUsage("--to is needed: the file to write")
		}
		if _, err := os.Stat(to); err == nil {
			return fmt.Errorf("%s exists already; nothing was written", to)
		}
		sys, err := c.open(ctx)
		if err != nil {
			return err
		}
		if documents != "" && sys.bucket == "" {
			return badUsage("which bucket has the documents? Use --uploads-bucket")
		}
		st := sys.store()
		p, err := c.find(ctx, st, args[0])
		if err != nil {
			return err
		}
		all, err := c.gather(ctx, st, p)
		if err != nil {
			return err
		}
		done := exported{Account: p.ID, File: to}
		if documents != "" {
			if done.Files, err = c.downloadAll(ctx, sys.s3(), sys.bucket, documents, all.KYC); err != nil {
				return err
			}
		}
		for _, k := range all.KYC {
			done.Documents += len(k.Documents)
		}
		if err := writeNew(to, all); err != nil {
			return err
		}
		return c.show(done, func(w io.Writer) {
			fmt.Fprintf(w, "wrote %s: account %s, %d documents listed, %d downloaded\n", to, p.ID, done.Documents, done.Files)
		})
	})
	return cmd
}

// gather reads everything that is stored of an account.
func (c *cli) gather(ctx context.Context, s *store.Store, p account.Profile) (export, error) {
	out := export{
		ExportedAt: c.now().UTC(), Account: account.ViewOf(p), Status: p.Status, UpdatedAt: p.UpdatedAt,
		Consents: []exportConsent{}, Activity: []exportEvent{}, Sessions: []exportSession{}, KYC: []exportCase{}, Messages: []queuedView{},
	}
	consents, err1 := s.Consents(ctx, p.ID)
	events, err2 := s.Events(ctx, p.ID)
	sessions, err3 := s.Sessions(ctx, p, c.now())
	cases, err4 := s.Cases(ctx, p.ID)
	waiting, err5 := s.Waiting(ctx)
	dead, err6 := s.Dead(ctx)
	told, err7 := s.EventsOf(ctx, p.ID, c.now())
	set, err8 := s.Factors(ctx, p.ID)
	apps, err9 := s.Apps(ctx, p.ID)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9); err != nil {
		return export{}, err
	}
	out.Apps = []exportApp{}
	for _, a := range apps {
		out.Apps = append(out.Apps, exportApp{a.Client, a.Scopes, optional(a.Since), optional(a.LastUsed)})
	}
	out.Factors = exportFactors{optional(set.TOTP.AddedAt), []exportPasskey{}, len(set.Recovery)}
	for _, k := range set.Passkeys {
		out.Factors.Passkeys = append(out.Factors.Passkeys, exportPasskey{k.Name, k.AddedAt, optional(k.UsedAt)})
	}
	out.Told = toldViews(told)
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
			out.Messages = append(out.Messages, viewOf(q, true))
		}
	}
	return out, nil
}

func exportOf(k kyc.Case, rounds []kyc.Round) exportCase {
	out := exportCase{
		No: k.No, Status: k.Status, EntityType: k.EntityType, Catalogue: k.Catalogue, Fields: k.Fields, Flags: k.Flags,
		Reference: k.Reference, Answers: k.Answers, Rounds: rounds,
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, SubmittedAt: optional(k.SubmittedAt), Documents: []exportDocument{},
	}
	for _, d := range k.Documents {
		out.Documents = append(out.Documents, exportDocument{
			ID: d.ID, Requirement: d.Requirement, Type: d.Type, FileName: d.FileName, ContentType: d.ContentType, Bytes: d.Size, State: d.State,
			Reason: d.Reason.Detail, CreatedAt: d.CreatedAt, UploadedAt: optional(d.UploadedAt), CheckedAt: optional(d.CheckedAt),
			key: d.Key, version: d.VersionID,
		})
	}
	return out
}

var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// downloadAll fetches every document that was found clean, as <folder>/case-<no>/<id>.<ending>: a stranger chose the file's own name. It
// returns how many.
func (c *cli) downloadAll(ctx context.Context, client *s3.Client, bucket, folder string, cases []exportCase) (int, error) {
	var wanted []*exportDocument
	for i, k := range cases {
		for j, d := range k.Documents {
			if d.version == "" || d.State == kyc.DocSuperseded { // it never came, was refused, or was removed, and is gone
				continue
			}
			cases[i].Documents[j].File = filepath.Join(fmt.Sprintf("case-%d", k.No), d.ID+endings[d.ContentType])
			wanted = append(wanted, &cases[i].Documents[j])
		}
	}
	progress := c.bar("documents", len(wanted))
	defer progress.end()
	for _, d := range wanted {
		if err := download(ctx, client, bucket, d.key, d.version, filepath.Join(folder, d.File)); err != nil {
			return 0, fmt.Errorf("the document %s: %w", d.ID, err)
		}
		progress.step()
	}
	return len(wanted), nil
}

// writeNew writes JSON to a file that does not exist, whole or not at all.
func writeNew(file string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(file, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}
