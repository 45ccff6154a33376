package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/holder"
	"phonon.in/central/cmd/central/outfile"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

const exportHelp = `Writes all that is stored about one person as readable JSON: what the person may ask for under section 11 of the
DPDP Act 2023. Passwords' hashes, tokens and codes are not in it.

The file must not exist yet, and only you can read it: it is personal data.`

// exported is what the command itself prints.
type exported struct {
	Account   account.ID `json:"account"`
	File      string     `json:"file"`
	Documents int        `json:"documents"`
	Files     int        `json:"filesDownloaded"`
}

// Export is `central export`.
func Export(c *where.Call) *cobra.Command {
	var to, documents string
	cmd := &cobra.Command{Use: "export <who>", Short: "Write all data of one person to a file", Long: exportHelp + "\n\n" + holder.Help, Args: console.One("whose data")}
	cmd.Flags().StringVar(&to, "to", "", "`file` to write")
	cmd.Flags().StringVar(&documents, "documents", "", "download the documents into this `folder`, too")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if to == "" {
			return console.BadUsage("--to is needed: the file to write")
		}
		if err := outfile.Free(to); err != nil {
			return err
		}
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		if documents != "" && sys.Bucket == "" {
			return console.BadUsage("which bucket has the documents? Use --uploads-bucket")
		}
		st := sys.Store()
		p, err := holder.Find(ctx, c, st, args[0])
		if err != nil {
			return err
		}
		all, err := gather(ctx, c, st, p)
		if err != nil {
			return err
		}
		done := exported{Account: p.ID, File: to}
		if documents != "" {
			if done.Files, err = downloadAll(ctx, c, sys.S3(), sys.Bucket, documents, all.KYC); err != nil {
				return err
			}
		}
		for _, k := range all.KYC {
			done.Documents += len(k.Documents)
		}
		if err := writeNew(to, all); err != nil {
			return err
		}
		return c.Show(done, func(w io.Writer) {
			fmt.Fprintf(w, "wrote %s: account %s, %d documents listed, %d downloaded\n", to, p.ID, done.Documents, done.Files)
		})
	})
	return cmd
}

var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// downloadAll fetches every document that was found clean, as <folder>/case-<no>/<id>.<ending>: a stranger chose the file's own name. It
// returns how many.
func downloadAll(ctx context.Context, c *where.Call, client *s3.Client, bucket, folder string, cases []exportCase) (int, error) {
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
	progress := c.Progress("documents", len(wanted))
	defer progress.End()
	for _, d := range wanted {
		if err := download(ctx, client, bucket, d.key, d.version, filepath.Join(folder, d.File)); err != nil {
			return 0, fmt.Errorf("the document %s: %w", d.ID, err)
		}
		progress.Step()
	}
	return len(wanted), nil
}

// writeNew writes JSON to a file that does not exist, whole or not at all.
func writeNew(file string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return outfile.Write(file, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}

// download writes one version ("" is the newest) to a file that must not exist.
func download(ctx context.Context, client *s3.Client, bucket, key, version, file string) error {
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	found, err := client.GetObject(ctx, in)
	if err != nil {
		return err
	}
	defer found.Body.Close()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, found.Body)
	if err = errors.Join(err, out.Close()); err != nil {
		os.Remove(file)
	}
	return err
}
