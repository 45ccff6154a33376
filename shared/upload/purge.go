package upload

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"
)

// Version is one version of one object, or the mark that an object was deleted.
type Version struct{ Key, ID string }

// Versions lists every version of every object whose key begins with prefix, and every mark of a deletion.
func (b *Bucket) Versions(ctx context.Context, prefix string) ([]Version, error) {
	var all []Version
	pages := s3.NewListObjectVersionsPaginator(b.api, &s3.ListObjectVersionsInput{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := nextPage(ctx, pages)
		if err != nil {
			return nil, described("list", err)
		}
		for _, v := range page.Versions {
			all = append(all, Version{aws.ToString(v.Key), aws.ToString(v.VersionId)})
		}
		for _, m := range page.DeleteMarkers {
			all = append(all, Version{aws.ToString(m.Key), aws.ToString(m.VersionId)})
		}
	}
	return all, nil
}

func nextPage(ctx context.Context, pages *s3.ListObjectVersionsPaginator) (*s3.ListObjectVersionsOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	return pages.NextPage(ctx)
}

// Purge removes all versions of exactly this key for good, with the marks of its deletions, but for the version keep ("" for none).
func (b *Bucket) Purge(ctx context.Context, key, keep string) error {
	all, err := b.Versions(ctx, key)
	if err != nil {
		return err
	}
	return b.RemoveAll(ctx, slices.DeleteFunc(all, func(v Version) bool { return v.Key != key || v.ID == keep }), func() {})
}

// PurgeBelow removes all versions of every key that begins with prefix for good, with the marks of their deletions.
func (b *Bucket) PurgeBelow(ctx context.Context, prefix string) error {
	all, err := b.Versions(ctx, prefix)
	if err != nil {
		return err
	}
	return b.RemoveAll(ctx, all, func() {})
}

const keysAtOnce = 8

// RemoveAll removes versions for good and calls step after each; one that is gone already is no error. Those of one key go one after the
// other, the oldest first: then nothing that is about to go becomes the newest for a moment.
func (b *Bucket) RemoveAll(ctx context.Context, all []Version, step func()) error {
	of := map[string][]Version{}
	for _, v := range all {
		of[v.Key] = append(of[v.Key], v)
	}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(keysAtOnce)
	for _, versions := range of {
		work.Go(func() error {
			for _, v := range slices.Backward(versions) { // S3 lists the newest first
				if err := b.Remove(ctx, v.Key, v.ID); err != nil {
					return err
				}
				step()
			}
			return nil
		})
	}
	return work.Wait()
}
