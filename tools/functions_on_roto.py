"""The functions behind roto's API Gateway and in its Lambda: another implementation of HTTP APIs (payload 2.0) and of the Runtime API, which
needs no Docker. Routes, time limits and environment are those of template.yaml."""
import contextlib
import http.client
import http.server
import json
import os
import re
import subprocess
import tempfile
import threading
import urllib.request

from cloudformation import Resolved, expanded


def template(origin, mail_from):
    here = {"AWS::Region": "ap-south-1", "AWS::AccountId": "0" * 12, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
    return Resolved(expanded("template.yaml"), {"Environment": "local", "PublicUrl": origin, "MailFrom": mail_from, **here}).template["Resources"]


def routes(resources):
    """The file that roto reads its HTTP API from."""
    found = []
    for path, operations in resources["Api"]["Properties"]["Body"]["paths"].items():
        for method, operation in operations.items():
            function = re.search(r"\{(\w+?Function)", json.dumps(operation["x-amazon-apigateway-integration"]["uri"]))[1]
            name = "ANY" if method.startswith("x-") else method.upper()
            found += [{"method": name, "path": p, "function": function, "region": "ap-south-1"} for p in (["/", "/{proxy+}"] if path == "/$default" else [path])]
    return {"routes": found}


def setup(resources, programs, engines, log):
    """The script that makes the functions, which write to the file log. engines has what cmd/local calls what it has made."""
    script = ['roto.set_region("ap-south-1")']
    for name, resource in resources.items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        of = resource["Properties"]
        variables = {**of["Environment"]["Variables"], **{n: v for n, v in engines.items() if n in of["Environment"]["Variables"] or n.startswith("AWS_")}}
        if odd := [n for n, v in variables.items() if not isinstance(v, (str, int))]:
            raise SystemExit(f"{name}: nothing is known of {', '.join(odd)}")
        program = ["/bin/sh", "-c", 'exec "$0" >>"$1" 2>&1', f"{programs}/{name.removesuffix('Function').lower()}", log]
        env = ", ".join(f"[{json.dumps(n)}] = {json.dumps(str(v))}" for n, v in variables.items())
        script.append(f"roto.lambda.fn({json.dumps(name)}, {{timeout = {of['Timeout']}, executor = {{runtime = {{{json.dumps(program)[1:-1]}}}, env = {{{env}}}}}}})")
    return "\n".join(script)


class Front(http.server.BaseHTTPRequestHandler):
    """Puts the API at the root of an origin of its own, with the address of the client."""
    protocol_version = "HTTP/1.1"
    gateway = None  # host and port
    again = []  # what roto was asked once more

    def ask(self, path, body, headers):
        with contextlib.closing(http.client.HTTPConnection(*self.gateway, source_address=(self.client_address[0], 0))) as to:
            to.request(self.command, path, body, headers)
            answer = to.getresponse()
            return answer, answer.read()

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, headers = "/roto-http" + self.path, dict(self.headers)
        if self.path.startswith("/2015-03-31/"):  # an event for a function; nobody has signed it, and the region is in the signature
            path, headers = self.path, {"Authorization": "AWS4-HMAC-SHA256 Credential=none/20260101/ap-south-1/lambda/aws4_request"}
        answer, text = self.ask(path, body, headers)
        # After an answer roto 0.10.1 closes the Runtime API that the function asks for the next event, and may think that it has given it one.
        for _ in range(5):
            if (answer.status, text) == (502, b'{"message":"Internal Server Error"}') or "x-amz-function-error" in answer.headers and b"Runtime exited" in text:
                self.again.append(path)
                answer, text = self.ask(path, body, headers)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else text)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def run(engine, log, mail_from, until_it_answers):
    """Yields the origin of the API and the address of what cmd/local shows of its engines."""
    front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("", (Front,), {"gateway": ("127.0.0.1", int(engine.endpoint.rsplit(":", 1)[1]))}))
    threading.Thread(target=front.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{front.server_port}"
    with tempfile.TemporaryDirectory() as data:
        subprocess.run(["go", "build", "-tags", "lambda.norpc,nethttpomithttp2", "-trimpath", "-ldflags=-s -w", "-o", f"{data}/functions/", "./functions/..."], check=True, env={**os.environ, "CGO_ENABLED": "0"})
        with open(f"{data}/engines.env", "w+") as said:
            endpoints = {f"AWS_ENDPOINT_URL_{service}": engine.endpoint for service in engine.services}
            process = subprocess.Popen([".local/bin/local", "--data", data, "--engines-only", "--lambda", origin], stdout=said, stderr=log, env={**os.environ, **endpoints, "PORT": "0"})
            try:
                until_it_answers(f"{engine.endpoint}/roto-api/health", process, lambda: "USERS_TABLE" in open(said.name).read())
                engines = dict(re.findall(r"^export (\w+)='(.*)'$", open(said.name).read(), re.MULTILINE))
                script = setup(template(origin, mail_from), f"{data}/functions", engines, os.path.abspath(log.name))
                urllib.request.urlopen(urllib.request.Request(f"{engine.endpoint}/roto-api/lua", script.encode(), method="POST"), timeout=30).close()
                until_it_answers(f"{origin}/v1/health", process)
                yield origin, engines["CENTRAL_LOCAL_URL"]
                print(f"roto-lambda: {len(Front.again)} requests asked again, as roto had lost the function")
            finally:
                process.terminate()
                process.wait()
                front.shutdown()
