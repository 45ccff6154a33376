// Command render is the Lambda that makes a picture of every page of a document: nobody ever opens a stranger's file.
package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/s3"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

const (
	perFile = 45 * time.Second // of rendering; the rest of the function's timeout is for compiling PDFium and for storage
	heap    = 2 << 30          // bytes from which on Go frees what a file has used before the next one, of the function's 3,008 MB
)

func main() {
	debug.SetMemoryLimit(heap)
	log := obs.Setup(os.Stdout, "render")
	r := env.New(os.LookupEnv)
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	bucket := r.Text("UPLOADS_BUCKET")
	err := r.Err()
	h := &handler{
		store: store.New(dynamodb.Client(), users, tokens), bucket: upload.New(s3.Client(), bucket),
		printer: newPrinter(filepath.Join(os.TempDir(), "central-pdfium"), perFile), now: time.Now, log: log,
	}
	lambda.Start(func(ctx context.Context, e events.S3Event) error {
		if err != nil {
			return err
		}
		return h.all(ctx, e)
	})
}
