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

// s3Engine runs versitygw on files. It needs a process of its own: it changes the working
// directory and keeps globals. Without keys in the environment it takes those of the local run.
func s3Engine(args []string) error {
	flags := flag.NewFlagSet("s3-engine", flag.ContinueOnError)
	port := flags.String("port", "", "port on 127.0.0.1")
	dir := flags.String("dir", "", "folder of the data, absolute")
	if err := flags.Parse(args); err != nil {
		return err
	}
	objects, sidecar, versions := filepath.Join(*dir, "objects"), filepath.Join(*dir, "meta"), filepath.Join(*dir, "versions")
	for _, d := range []string{objects, sidecar, versions} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	attributes, err := meta.NewSideCar(sidecar)
	if err != nil {
		return err
	}
	backend, err := posix.New(objects, attributes, posix.PosixOpts{
		SideCarDir: sidecar, VersioningDir: versions, ValidateBucketNames: true, Concurrency: 64,
		CopyObjectThreshold: 5 << 30, // zero would refuse every copy
	})
	if err != nil {
		return err
	}
	keys := localKeys
	if id := os.Getenv("AWS_ACCESS_KEY_ID"); id != "" {
		keys = keyPair{id, os.Getenv("AWS_SECRET_ACCESS_KEY")}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess: keys.id, RootUserSecret: keys.secret, Region: localRegion,
		Ports: []string{"127.0.0.1:" + *port}, MaxConnections: 1024, MaxRequests: 512, MultipartMaxParts: 10000,
		Quiet: true, KeepAlive: true, DisableACLs: true, HealthPath: "/healthz",
	})
}
