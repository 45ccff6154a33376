package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

// s3Engine runs versitygw. It has a process of its own because it changes the working directory and keeps globals.
func s3Engine(args []string) error {
	flags := flag.NewFlagSet("s3-engine", flag.ExitOnError)
	port := flags.String("port", "7070", "port on 127.0.0.1")
	dir := flags.String("dir", "", "folder of the data (required)")
	flags.Parse(args)
	root, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	objects, sidecar, versions := filepath.Join(root, "objects"), filepath.Join(root, "meta"), filepath.Join(root, "versions")
	for _, d := range []string{objects, sidecar, versions} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	attributes, err := meta.NewSideCar(sidecar)
	if err != nil {
		return err
	}
	be, err := posix.New(objects, attributes, posix.PosixOpts{
		SideCarDir: sidecar, VersioningDir: versions, CopyObjectThreshold: 5 << 30, ValidateBucketNames: true, Concurrency: 64,
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return embedgw.RunVersityGW(ctx, be, &embedgw.Config{
		RootUserAccess: localAccessKey, RootUserSecret: localSecretKey, Region: localRegion, Ports: []string{"127.0.0.1:" + *port},
		MaxConnections: 1024, MaxRequests: 512, MultipartMaxParts: 10000, Quiet: true, KeepAlive: true, DisableACLs: true,
		HealthPath: "/healthz",
	})
}
