"""The emulator as a process, with its doors, its certificate and what is run against it."""
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from account import Account
from inbox import Inbox
from internet import Internet, Resolver
from sam import REGION, Cloud, Failed

HOSTS = "DNS:localhost,DNS:*.localhost,DNS:*.execute-api.localhost,DNS:central.example.com,DNS:*.ap-south-1.amazonaws.com,IP:127.0.0.1"


def free_ports(count):
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in taken]
    for s in taken:
        s.close()
    return ports


def certificate(work):
    """One for all that answers here, and a file of what programs trust: it and the system's own."""
    cert, key, trusted = work / "cert.pem", work / "key.pem", work / "trusted.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=localhost", "-addext", f"subjectAltName={HOSTS}"], check=True, capture_output=True)
    system = ssl.get_default_verify_paths().cafile
    trusted.write_bytes(cert.read_bytes() + (Path(system).read_bytes() if system else b""))
    return cert, key, trusted


class World:
    def __init__(self, work, sources, stacks, hosts):
        """stacks have a door of their own; hosts are the names, by stack, that DNS leads to the API or to the edge."""
        self.work, self.sources = work, sources
        self.cert, self.key, self.trusted = certificate(work)
        port, self.edge, *doors = free_ports(2 + len(stacks))
        self.endpoint, self.doors, self.hosts, self.process = f"https://127.0.0.1:{port}", dict(zip(stacks, doors)), hosts, None
        self.decisions = work / "decisions.jsonl"
        self.cloud = Cloud(work, self.endpoint, str(self.trusted))
        self.trust = ssl.create_default_context(cafile=str(self.trusted))
        self.account = Account(self.cloud, sources)
        self.port, self.inbox, self.internet = port, None, None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        temporary = self.work / "tmp"
        temporary.mkdir()
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "LOCALSTACK_", "MINISTACK_"))}, "GATEWAY_PORT": str(self.port), "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0", "MINISTACK_HOST": "localhost", "MINISTACK_REGION": REGION, "AUTH": "true", "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(self.cert), "MINISTACK_SSL_KEY": str(self.key), "SSL_CERT_FILE": str(self.trusted), "AWS_ENDPOINT_URL": self.endpoint,
            "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1", "LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, str(Path(__file__).with_name("emulator.py")), "--port", str(self.port), "--decisions", str(self.decisions)]
        command += ["--edge", str(self.edge)]
        for stack, door in self.doors.items():
            command += ["--door", f"{stack}={door}"]
        log = open(self.work / "emulator.log", "w", encoding="utf-8")
        # A group of its own: the functions that it starts end with it.
        self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=self.work, start_new_session=True)
        self.wait()
        self.inbox = Inbox(self.cloud, self.tables)
        self.internet = self.network(ttl=0)

    def network(self, ttl):
        """The internet of somebody whose resolver keeps answers that long."""
        return Internet(Resolver(self.account.records, ttl), self.port, self.edge)

    def wait(self):
        for _ in range(300):
            if self.process.poll() is not None:
                raise SystemExit(f"the emulator ended: {(self.work / 'emulator.log').read_text()[-2000:]}")
            try:
                return self.get("/_ministack/health")
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the emulator does not answer")

    def stop(self):
        for server in (self.inbox, self.internet):
            if server:
                server.close()
        if not self.process:
            return
        for sent, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, sent)
                self.process.wait(patience)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        shutil.rmtree(self.work / "tmp", ignore_errors=True)

    def get(self, path, body=None):
        request = urllib.request.Request(self.endpoint + path, data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, context=self.trust, timeout=10) as answer:
            return json.load(answer)

    def url(self, stack):
        return f"https://{self.hosts[stack]}" if stack in self.hosts else f"https://localhost:{self.doors[stack]}"

    def call(self, stack, method, path, body=None, headers=None, internet=None):
        """One request to a stack at its PublicUrl: status and the answer, which is {} where it is no JSON."""
        request = urllib.request.Request(self.url(stack) + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json", **(headers or {})})
        try:
            with self.opener(stack, internet).open(request, timeout=30) as answer:
                return answer.status, parsed(answer.read())
        except urllib.error.HTTPError as e:
            return e.code, parsed(e.read())
        except urllib.error.URLError as e:
            raise Failed(f"{method} {self.url(stack)}{path}: {e.reason}") from e

    def around(self, host, path):
        """The status of a request that goes straight to API Gateway, whatever DNS says."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.trust, timeout=30)
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status

    def page(self, stack, path, headers=None):
        with self.opener(stack).open(urllib.request.Request(self.url(stack) + path, headers=headers or {}), timeout=30) as answer:
            return answer.read().decode()

    def proxied(self):
        """The environment of a program that reaches the hosts by their names."""
        return {"HTTPS_PROXY": self.internet.url, "NO_PROXY": "127.0.0.1,localhost"}

    def opener(self, stack, internet=None):
        by = {"https": (internet or self.internet).url} if stack in self.hosts else {}
        return urllib.request.build_opener(urllib.request.ProxyHandler(by), urllib.request.HTTPSHandler(context=self.trust))

    def why(self, stack):
        """What CloudFormation says of the first resource that failed."""
        failed = [e for e in self.cloud.events(stack) if e["ResourceStatus"].endswith("_FAILED")]
        return "; ".join(f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in failed[-1:])

    def tables(self):
        return [name for name in self.cloud.client("dynamodb").list_tables()["TableNames"] if "TokensTable" in name or "UsersTable" in name]

    def fail(self, stack, resource, message, after=0):
        """Has the next creation or change of the resource fail as AWS would, or one after it."""
        self.get("/_trial/fail", {"stack": stack, "resource": resource, "message": message, "after": after})

    def tools(self):
        """Builds what is run against the stacks, where what they trust is still the system's."""
        for name, command in {"e2e.test": ["go", "test", "-c", "-o", str(self.work / "e2e.test"), "./e2e"],
                              "central": ["go", "-C", "cmd/central", "build", "-o", str(self.work / "central"), "."]}.items():
            done = subprocess.run(command, cwd=self.sources, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Failed(f"{name} does not build: {done.stderr[-500:]}")


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return {}
