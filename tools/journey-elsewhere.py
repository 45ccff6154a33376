#!/usr/bin/env python3
"""Takes the journeys of e2e with other implementations of AWS than those of `make run`, and prints what these were asked and what they refused.

    moto         DynamoDB, S3, SES, SNS and Secrets Manager; the functions run as in `make run`: moto's Lambda needs Docker
    roto         DynamoDB, SNS and Secrets Manager; the same
    roto-lambda  and the functions in roto's Lambda, behind its HTTP API

Runs in the Python of tools/install.sh judges, on what `go build -o .local/bin/local ./cmd/local` made. Ends with 1 where a journey fails, a
service was not asked, or something was refused that FORESEEN does not name.
Usage: tools/journey-elsewhere.py [moto|roto|roto-lambda] ...
"""
import contextlib
import functools
import html
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter

import boto3

import functions_on_roto

BIN = os.path.dirname(sys.executable)
REGION, ACCOUNT = "ap-south-1", "0" * 12  # those of cmd/local, whose topic has them in its ARN
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAELSEWHERE0000000", "AWS_SECRET_ACCESS_KEY": "opens-nothing", "AWS_DEFAULT_REGION": REGION, "MOTO_ACCOUNT_ID": ACCOUNT}
MAIL_FROM, MAIL_SET = "no-reply@central.local", "central-local-MailSet"
# Of two writes at once one has to begin again.
FORESEEN = {("dynamodb", "TransactWriteItems", "400"), ("dynamodb", "TransactWriteItems", "TransactionCanceledException")}
FORESEEN |= {("dynamodb", "TransactWriteItems", "500")}  # moto copies a table for it, while somebody else writes there
TOPIC = "central-local-EventsTopic"
SECRETS = {  # by the ARNs that cmd/local gives the functions, without what Secrets Manager adds; a stack begins without keys to sign with
    "AppSecret-local0": {"current": "k" * 64},
    "SigningSecret-local0": {"keys": []},
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def until_it_answers(url, process, also=lambda: True):
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            if also():
                return
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended")
        time.sleep(0.2)
    sys.exit(f"{url} does not answer")


class Moto:
    """In this process, so that what it would have sent can be read."""
    services = ("DYNAMODB", "S3", "SES", "SNS", "SECRETS_MANAGER")

    def __init__(self):
        from moto.server import ThreadedMotoServer
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
        self.server.start()
        self.endpoint = "http://127.0.0.1:%d" % self.server.get_host_and_port()[1]
        mail = boto3.client("ses", endpoint_url=self.endpoint)
        mail.verify_email_identity(EmailAddress=MAIL_FROM)
        mail.create_configuration_set(ConfigurationSet={"Name": MAIL_SET})

    def sent(self):
        from moto.ses import ses_backends
        from moto.sns import sns_backends
        for m in ses_backends[ACCOUNT][REGION].sent_messages:
            for to in m.destinations["ToAddresses"]:
                yield {"kind": "email", "to": to, "subject": m.subject, "text": re.sub('["<>]', " ", html.unescape(m.body))}  # it keeps the HTML alone
        for to, text, *_ in sns_backends[ACCOUNT][REGION].sms_messages.values():
            yield {"kind": "sms", "to": to, "text": text}

    def calls(self, local):
        """Service, operation, and status where it was refused, of each call of the functions."""
        for request in get(f"{local}/requests"):
            for call in request["calls"]:
                yield call["service"], call["operation"], str(call["status"]) if call["status"] >= 400 else ""

    def stop(self):
        self.server.stop()


class Roto:
    services = ("DYNAMODB", "SNS", "SECRETS_MANAGER")  # its S3 takes no form that was signed

    def __init__(self):
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        self.folder = tempfile.TemporaryDirectory()
        with open(f"{self.folder.name}/routes.json", "w") as file:
            json.dump(functions_on_roto.routes(functions_on_roto.template(self.endpoint, MAIL_FROM)), file)
        self.process = subprocess.Popen(
            [f"{BIN}/roto-server", "--port", str(port), "--ephemeral", "--account-id", "0" * 12, "--http-routes", "routes.json", "--enable-lua-api", "--trace", "trace"],
            cwd=self.folder.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until_it_answers(f"{self.endpoint}/roto-api/health", self.process)

    def sent(self):
        for to, sent in get(f"{self.endpoint}/roto-api/sns/sms-messages")["sms_messages"].items():
            for m in sent:
                yield {"kind": "sms", "to": to, "text": m["Message"]}

    def calls(self, _local):
        """As roto writes them down, with the error in the place of the status; not what made the tables."""
        with open(f"{self.folder.name}/trace") as lines:
            for call in map(json.loads, lines):
                if call["operation"] and "Table" not in call["operation"] and "TimeToLive" not in call["operation"]:
                    yield call["service"], call["operation"], call["error_code"] or ""

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def messages(engine, local):
    """Serves what the engine would have sent, and else what the local run has, as the local run does; returns the address."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            to = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("to", [""])[0]
            found = [m for m in engine.sent() if m["to"].lower() == to.lower()][::-1] + get(f"{local}/messages?" + urllib.parse.urlencode({"to": to}))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


@contextlib.contextmanager
def run(engine, log):
    """The local run on the engine. Yields its origin, and where it shows what it has sent."""
    port = free_port()
    endpoints = {f"AWS_ENDPOINT_URL_{service}": engine.endpoint for service in engine.services}
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen([".local/bin/local", "--data", data, "--no-watch", "--schedule-every", "1s", "--verbose"], stdout=log, stderr=log,
                                   env={**os.environ, **KEYS, **endpoints, "PORT": str(port), "CAPTCHA": ""})
        try:
            until_it_answers(f"http://127.0.0.1:{port}/v1/health", process)
            yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port}/_local"
        finally:
            process.terminate()
            process.wait()


def judge(name, engine, run):
    os.makedirs(".local/log", exist_ok=True)
    for secret, members in SECRETS.items():
        boto3.client("secretsmanager", endpoint_url=engine.endpoint).create_secret(Name=secret, SecretString=json.dumps(members))
    boto3.client("sns", endpoint_url=engine.endpoint).create_topic(Name=TOPIC)
    with open(f".local/log/journey-{name}.log", "w") as log, run(engine, log) as (origin, local):
        tried = subprocess.run(["go", "test", "-count=1", "-v", "-run", os.environ.get("TESTS", "^TestJourneyOf"), "./e2e"], capture_output=True, text=True,
                               env={**os.environ, "CENTRAL_URL": origin, "CENTRAL_LOCAL_URL": messages(engine, local)})
        calls = Counter(engine.calls(local))
    with open(log.name) as file:
        panics = file.read().count("panic:")
    print(f"{name}: {', '.join(re.findall('^--- .*', tried.stdout, re.MULTILINE)) or tried.stdout}")
    services = {service.lower().replace("_", "") for service in engine.services}
    for operation in sorted({call[:2] for call in calls if call[0] in services}):
        no = ", ".join(f"{n} by {why}" for (*what, why), n in calls.items() if tuple(what) == operation and why)
        print(f"  {operation[0]:15} {operation[1]:20} {sum(n for call, n in calls.items() if call[:2] == operation):5} {'refused ' + no if no else ''}")
    silent = services - {service for service, _, _ in calls}
    odd = {call for call in calls if call[0] in services and call[2]} - FORESEEN
    if panics:
        print(f"  {panics} panics: {log.name}")
    for what in [f"never asked: {service}" for service in silent] + [f"nobody foresaw: {call}" for call in odd]:
        print(f"  {what}")
    if tried.returncode:
        print(tried.stdout[-3000:], tried.stderr[-2000:])
    return tried.returncode == 0 and not silent and not odd and not panics


def main():
    os.environ.update(KEYS)
    on_roto = functools.partial(functions_on_roto.run, mail_from=MAIL_FROM, until_it_answers=until_it_answers)
    ways = {"moto": (Moto, run), "roto": (Roto, run), "roto-lambda": (Roto, on_roto)}
    good = True
    for name in sys.argv[1:] or ways:
        engine = ways[name][0]()
        try:
            good = judge(name, engine, ways[name][1]) and good
        finally:
            engine.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
