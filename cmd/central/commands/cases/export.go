package cases

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/outfile"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/kyc"
)

const caseExportHelp = `Writes all there is of a KYC case to one zip file: case.json, what was asked and answered in rounds.json, what happened in history.json, the
pages that reviewers saw under pages/, and SHA256SUMS over all of them, which sha256sum -c reads. A page whose hash is not the one that was
written down when it was made ends the command.

The file must not exist yet, and only you can read it: it is personal data.

`

// caseFiles is what is put into the zip.
type caseFiles struct {
	zip  *zip.Writer
	sums bytes.Buffer
	at   time.Time
}

func (f *caseFiles) add(name string, content []byte) error {
	w, err := f.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: f.at})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	fmt.Fprintf(&f.sums, "%s  %s\n", hex.EncodeToString(sum[:]), name)
	_, err = w.Write(content)
	return err
}

func (f *caseFiles) addJSON(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return f.add(name, append(text, '\n'))
}

// caseExported is what the command itself prints.
type caseExported struct {
	Reference string `json:"reference"`
	No        int    `json:"no"`
	File      string `json:"file"`
	Records   int    `json:"records"`
	Pages     int    `json:"pages"`
}

func exportCommand(c *where.Call) *cobra.Command {
	var to string
	cmd := &cobra.Command{Use: "export <reference|who>", Short: "Write a KYC case with its pages to a zip file", Long: caseExportHelp + caseHelp, Args: console.One("which case")}
	cmd.Flags().StringVar(&to, "to", "", "`file` to write")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if to == "" {
			return console.BadUsage("--to is needed: the file to write")
		}
		if err := outfile.Free(to); err != nil {
			return err
		}
		sys, s, _, k, err := openCase(ctx, c, args[0])
		if err != nil {
			return err
		}
		if sys.Bucket == "" {
			return console.BadUsage("which bucket has the documents? Use --uploads-bucket")
		}
		rounds, err1 := s.Rounds(ctx, k.AccountID, k.No)
		records, err2 := s.Records(ctx, k.AccountID, k.No)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		done := caseExported{Reference: k.Reference, No: k.No, File: to, Records: len(records)}
		err = outfile.Write(to, func(w io.Writer) error {
			files := &caseFiles{zip: zip.NewWriter(w), at: c.Now().UTC()}
			err := errors.Join(files.addJSON("case.json", k), files.addJSON("rounds.json", rounds), files.addJSON("history.json", records))
			if err != nil {
				return err
			}
			if done.Pages, err = addPages(ctx, c, files, sys.S3(), sys.Bucket, k); err != nil {
				return err
			}
			return errors.Join(files.add("SHA256SUMS", bytes.Clone(files.sums.Bytes())), files.zip.Close())
		})
		if err != nil {
			return err
		}
		return c.Show(done, func(w io.Writer) {
			fmt.Fprintf(w, "wrote %s: case %s, %d records, %d pages\n", to, console.Dash(k.Reference), done.Records, done.Pages)
		})
	})
	return cmd
}

// addPages fetches the pages of every document whose files are still there, and returns how many.
func addPages(ctx context.Context, c *where.Call, files *caseFiles, client *s3.Client, bucket string, k kyc.Case) (n int, err error) {
	for _, d := range k.Documents {
		if d.State != kyc.DocSuperseded {
			n += len(d.Pages)
		}
	}
	progress := c.Progress("pages", n)
	defer progress.End()
	for _, d := range k.Documents {
		if d.State == kyc.DocSuperseded {
			continue
		}
		for i, want := range d.Pages {
			key := kyc.PageKey(k.AccountID, d.FileCase(), d.ID, i+1)
			page, err := fetch(ctx, client, bucket, key)
			if err != nil {
				return 0, fmt.Errorf("page %d of the document %s: %w", i+1, d.ID, err)
			}
			if sum := sha256.Sum256(page); hex.EncodeToString(sum[:]) != want {
				return 0, fmt.Errorf("page %d of the document %s is not the one that was made of it: its SHA-256 is another. Nothing was written", i+1, d.ID)
			}
			if err := files.add(fmt.Sprintf("pages/%s/%d.jpg", d.ID, i+1), page); err != nil {
				return 0, err
			}
			progress.Step()
		}
	}
	return n, nil
}

const mostPageBytes = 32 << 20

func fetch(ctx context.Context, client *s3.Client, bucket, key string) ([]byte, error) {
	found, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer found.Body.Close()
	return io.ReadAll(io.LimitReader(found.Body, mostPageBytes))
}
