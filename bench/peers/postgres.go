package peers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"phonon.in/central/bench/lab"
)

// postgres is a PostgreSQL of our own, as Debian builds it and as it configures itself.
type postgres struct {
	*server
	bin, port string
}

// superuser is who may do everything in it; nobody else can reach it from another machine.
const superuser = "bench"

// findPostgres is the newest PostgreSQL of this machine, or the one that tools/install.sh has put beside the other tools.
func findPostgres(root string) (bin string, err error) {
	var found []string
	for _, where := range []string{"/usr/lib/postgresql", filepath.Join(root, ".local", "tools", "postgres", "usr", "lib", "postgresql")} {
		some, _ := filepath.Glob(filepath.Join(where, "*", "bin", "initdb"))
		found = append(found, some...)
	}
	if len(found) == 0 {
		return "", missing("PostgreSQL")
	}
	version := func(initdb string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(version(a), version(b)) })), nil
}

func missing(what string) error {
	return fmt.Errorf("%s is not here: make bench brings it (tools/install.sh kratos, and postgres), or leave this part out with --only", what)
}

// startPostgres makes a cluster with databases of these names, and starts it. Its data is in memory where Central's is, too: otherwise each
// commit would measure the disk of one and not of the other.
func startPostgres(ctx context.Context, l *lab.Lab, data string, databases ...string) (*postgres, error) {
	bin, err := findPostgres(l.Root)
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	if who != nil {
		if err := os.Chown(data, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	p := &postgres{bin: bin}
	if p.port, err = freePort(); err != nil {
		return nil, err
	}
	cluster := filepath.Join(data, "cluster")
	if err := p.run(ctx, who, "initdb", "-D", cluster, "-U", superuser, "-A", "trust", "--locale=C", "--encoding=UTF8", "--no-sync"); err != nil {
		return nil, err
	}
	// The kind of shared memory alone is not the default, which a tidy machine may take away from who is no user of the system.
	cmd := p.command(context.Background(), who, "postgres", "-D", cluster, "-p", p.port, "-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "dynamic_shared_memory_type=mmap")
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	if p.server, err = start(cmd, filepath.Join(l.Dir, "postgres.log"), syscall.SIGINT); err != nil {
		return nil, err
	}
	if err := p.ready(ctx, func() bool { return p.run(ctx, who, "psql", p.on("postgres", "-c", "select 1")...) == nil }); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	for _, name := range databases {
		if err := p.run(ctx, who, "createdb", p.on(name)...); err != nil {
			return nil, errors.Join(err, p.stop())
		}
	}
	return p, nil
}

func (p *postgres) on(database string, more ...string) []string {
	return append([]string{"-h", "127.0.0.1", "-p", p.port, "-U", superuser, database}, more...)
}

// dsn is how Kratos reaches a database: with the pool that its own quick start for PostgreSQL has. Without, each log-in opens connections.
func (p *postgres) dsn(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%s/%s?sslmode=disable&max_conns=20&max_idle_conns=4", superuser, p.port, database)
}

func (p *postgres) version(ctx context.Context) (string, error) {
	said, err := p.command(ctx, nil, "postgres", "--version").Output()
	// postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
	f := strings.Fields(string(said))
	if err != nil || len(f) < 3 {
		return "", fmt.Errorf("postgres --version: %w: %s", err, said)
	}
	return f[2], nil
}

func (p *postgres) run(ctx context.Context, who *syscall.Credential, program string, args ...string) error {
	if said, err := p.command(ctx, who, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, said)
	}
	return nil
}

// command runs a program of PostgreSQL: with libraries that came with it, where it is not the system's.
func (p *postgres) command(ctx context.Context, who *syscall.Credential, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, program), args...)
	if !strings.HasPrefix(p.bin, "/usr/") {
		libraries, _ := filepath.Glob(filepath.Join(p.bin, "..", "..", "..", "*-linux-gnu*"))
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+strings.Join(libraries, ":"))
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	return cmd
}

// unprivileged is whom PostgreSQL runs as, since it refuses to be root: nobody; nil where we are not root either.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL refuses to run as root: %w", err)
	}
	uid, err1 := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(nobody.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
}
