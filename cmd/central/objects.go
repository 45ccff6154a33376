package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/upload"
)

// objectsOf lists every version of everything that was ever uploaded for an account, and of the pictures of its pages.
func objectsOf(ctx context.Context, files *upload.Bucket, id account.ID) ([]upload.Version, error) {
	incoming, err1 := files.Versions(ctx, "incoming/"+string(id)+"/")
	vault, err2 := files.Versions(ctx, "vault/"+string(id)+"/")
	pages, err3 := files.Versions(ctx, "pages/"+string(id)+"/")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("list the objects of the account: %w", err)
	}
	return slices.Concat(incoming, vault, pages), nil
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
