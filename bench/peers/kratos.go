package peers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"phonon.in/central/bench/lab"
)

// kratos is Ory Kratos with one way to hash, in front of a database of its own.
type kratos struct {
	*server
	client
	*people
	public, admin string
	db            *postgres
}

// hashers are settings of Kratos, by the variant's key.
var hashers = map[string]string{
	"kratos":       `{"algorithm": "bcrypt", "bcrypt": {"cost": 12}}`, // its default, and the least that it takes outside of development
	"kratos-equal": `{"algorithm": "argon2", "argon2": {"memory": "19456KB", "iterations": 2, "parallelism": 1, "salt_length": 16, "key_length": 32}}`,
	"kratos-least": `{"algorithm": "argon2", "argon2": {"memory": "8KB", "iterations": 1, "parallelism": 1, "salt_length": 16, "key_length": 32}}`,
}

// schema of a person: an address and a password, nothing else.
const schema = `{
  "$id": "https://central.example/person.json", "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
  "properties": {"traits": {"type": "object", "additionalProperties": false, "required": ["email"], "properties": {
    "email": {"type": "string", "format": "email", "minLength": 3, "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}}
  }}}
}`

// config turns off what would leave the machine, and says nothing about the rest: no mail, no look-up of leaked passwords.
const config = `{
  "dsn": %q,
  "serve": {"public": {"host": "127.0.0.1", "port": %s, "base_url": %q}, "admin": {"host": "127.0.0.1", "port": %s, "base_url": %q}},
  "selfservice": {"default_browser_return_url": %[3]q, "methods": {"password": {"enabled": true, "config": {"haveibeenpwned_enabled": false}}}},
  "secrets": {"cookie": ["a-secret-of-the-bench-and-of-nothing-else"], "cipher": ["32-characters-for-the-bench-only"]},
  "hashers": %[6]s,
  "identity": {"default_schema_id": "person", "schemas": [{"id": "person", "url": %[7]q}]},
  "courier": {"smtp": {"connection_uri": "smtp://127.0.0.1:1/?disable_starttls=true"}}
}`

var kratosModule = regexp.MustCompile(`(?m)^require github\.com/ory/kratos (v\S+)$`)

// kratosBinary is where tools/install.sh puts it, and the version of the module that it is made of.
func kratosBinary(root string) (file, version string, err error) {
	mod, err := os.ReadFile(filepath.Join(root, "bench", "peers", "kratos", "go.mod"))
	if err != nil {
		return "", "", err
	}
	found := kratosModule.FindSubmatch(mod)
	if found == nil {
		return "", "", errors.New("bench/peers/kratos/go.mod does not require Kratos")
	}
	file = filepath.Join(root, ".local", "tools", "kratos", "kratos")
	if _, err := os.Stat(file); err != nil {
		return "", "", missing("Ory Kratos")
	}
	return file, string(found[1]), nil
}

// startKratos prepares the database of a variant, and starts Kratos on it.
func startKratos(ctx context.Context, l *lab.Lab, db *postgres, variant, database string) (*kratos, error) {
	binary, _, err := kratosBinary(l.Root)
	if err != nil {
		return nil, err
	}
	var ports [2]string
	for i := range ports {
		if ports[i], err = freePort(); err != nil {
			return nil, err
		}
	}
	k := &kratos{client: newClient(), people: &people{domain: variant + ".example.com"}, public: "http://127.0.0.1:" + ports[0], admin: "http://127.0.0.1:" + ports[1], db: db}
	dsn, file, persons := db.dsn(database), filepath.Join(l.Dir, variant+".json"), filepath.Join(l.Dir, "person.json")
	text := fmt.Sprintf(config, dsn, ports[0], k.public+"/", ports[1], k.admin+"/", hashers[variant], "file://"+persons)
	if err := errors.Join(os.WriteFile(persons, []byte(schema), 0o600), os.WriteFile(file, []byte(text), 0o600)); err != nil {
		return nil, err
	}
	if said, err := exec.CommandContext(ctx, binary, "migrate", "sql", dsn, "--yes").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("kratos migrate sql: %w\n%s", err, said[max(0, len(said)-2000):])
	}
	cmd := exec.Command(binary, "serve", "--config", file, "--sqa-opt-out") // it would report to its makers
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if k.server, err = start(cmd, filepath.Join(l.Dir, variant+".log"), syscall.SIGTERM); err != nil {
		return nil, err
	}
	up := func() bool {
		_, err := k.call(ctx, 0, http.MethodGet, k.public+"/health/ready", nil, http.StatusOK)
		return err == nil
	}
	if err := k.ready(ctx, up); err != nil {
		return nil, errors.Join(err, k.stop())
	}
	return k, nil
}

// flow begins a flow as a program does, and sends what a person entered to where it says.
func (k *kratos) flow(ctx context.Context, n int, kind string, entered map[string]any, out any) error {
	var begun struct {
		UI struct{ Action string }
	}
	if err := k.read(ctx, n, http.MethodGet, k.public+"/self-service/"+kind+"/api", nil, http.StatusOK, &begun); err != nil {
		return err
	}
	if !strings.HasPrefix(begun.UI.Action, k.public) {
		return fmt.Errorf("the %s flow leads to %q", kind, begun.UI.Action)
	}
	return k.read(ctx, n, http.MethodPost, begun.UI.Action, entered, http.StatusOK, out)
}

func (k *kratos) signUp(ctx context.Context) error {
	p := k.next()
	var made struct{ Identity struct{ ID string } }
	err := k.flow(ctx, p.number, "registration", map[string]any{"method": "password", "traits": map[string]any{"email": p.email}, "password": password}, &made)
	if err == nil && made.Identity.ID == "" {
		err = errors.New("registration answered no identity")
	}
	if err == nil {
		p.id = made.Identity.ID
		k.add(p)
	}
	return err
}

func (k *kratos) logIn(ctx context.Context) error {
	p, err := k.turn()
	if err != nil {
		return err
	}
	var session struct {
		Token string `json:"session_token"`
	}
	err = k.flow(ctx, p.number, "login", map[string]any{"method": "password", "identifier": p.email, "password": password}, &session)
	if err == nil && session.Token == "" {
		err = errors.New("login answered no session")
	}
	return err
}

func (k *kratos) spent() spent {
	return spent{Server: sum(spentIn(k.pid())), Database: sum(spentIn(k.db.pid()))}
}

// hash is what Kratos keeps of somebody's password.
func (k *kratos) hash(ctx context.Context) (string, error) {
	p, err := k.turn()
	if err != nil {
		return "", err
	}
	var kept struct {
		Credentials struct {
			Password struct{ Config json.RawMessage }
		}
	}
	if err := k.read(ctx, 0, http.MethodGet, k.admin+"/admin/identities/"+p.id+"?include_credential=password", nil, http.StatusOK, &kept); err != nil {
		return "", err
	}
	var config struct {
		Hash string `json:"hashed_password"`
	}
	return config.Hash, json.Unmarshal(kept.Credentials.Password.Config, &config)
}
