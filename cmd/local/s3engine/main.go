// Command s3engine is the S3 of the local run and of the tests: versitygw, on files. It is a module of its own, so that nobody waits for
// what it is made of but uploads.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	port := flag.String("port", "", "port on 127.0.0.1")
	dir := flag.String("dir", "", "folder of the data, absolute")
	region := flag.String("region", "ap-south-1", "region that requests are signed for")
	flag.Parse()
	if err := serve(*port, *dir, *region); err != nil {
		fmt.Fprintln(os.Stderr, "s3engine:", err)
		os.Exit(1)
	}
}

// serve runs until it is told to end. The keys are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. versitygw changes the working
// directory and keeps globals: one of it is a process.
func serve(port, dir, region string) error {
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if port == "" || !filepath.IsAbs(dir) || id == "" || secret == "" {
		return errors.New("--port, an absolute --dir, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed")
	}
	objects, sidecar, versions := filepath.Join(dir, "objects"), filepath.Join(dir, "meta"), filepath.Join(dir, "versions")
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
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess: id, RootUserSecret: secret, Region: region,
		Ports: []string{"127.0.0.1:" + port}, MaxConnections: 1024, MaxRequests: 512, MultipartMaxParts: 10000,
		Quiet: true, KeepAlive: true, DisableACLs: true, HealthPath: "/healthz",
	})
}
