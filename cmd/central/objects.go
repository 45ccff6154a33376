package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
)

// object is one version of one object, or the mark that one was deleted.
type object struct{ key, version string }

const s3AtOnce = 8

// objectsOf lists every version of everything that was ever uploaded for an account.
func objectsOf(ctx context.Context, client *s3.Client, bucket string, id account.ID) ([]object, error) {
	var all []object
	for _, folder := range []string{"incoming/", "vault/"} {
		in := &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: aws.String(folder + string(id) + "/")}
		for pages := s3.NewListObjectVersionsPaginator(client, in); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("list the objects of the account: %w", err)
			}
			for _, v := range page.Versions {
				all = append(all, object{aws.ToString(v.Key), aws.ToString(v.VersionId)})
			}
			for _, m := range page.DeleteMarkers {
				all = append(all, object{aws.ToString(m.Key), aws.ToString(m.VersionId)})
			}
		}
	}
	return all, nil
}

// removeObjects removes versions for good, and calls step after each.
func removeObjects(ctx context.Context, client *s3.Client, bucket string, all []object, step func()) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(s3AtOnce)
	for _, o := range all {
		work.Go(func() error {
			defer step()
			_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &o.key, VersionId: &o.version})
			if err != nil {
				return fmt.Errorf("remove an object of the account: %w", err)
			}
			return nil
		})
	}
	return work.Wait()
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
