"""What people got: answers what e2e asks a local run for (CENTRAL_LOCAL_URL), from what the emulator has kept."""
import json
import ssl
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Inbox:
    def __init__(self, cloud, tables):
        """tables: a function that names the tables whose limits a test may forget."""
        self.cloud, self.tables = cloud, tables
        self.trust = ssl.create_default_context(cafile=cloud.certificate)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}/_local"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def fetch(self, path):
        with urllib.request.urlopen(self.cloud.endpoint + path, context=self.trust, timeout=10) as answer:
            return json.load(answer)

    def messages(self, to):
        """Newest first, as cmd/local has them; to "" all."""
        return [*self.mails(to), *self.texts(to), *self.calls(to)]

    def mails(self, to):
        found = [m for account in self.fetch("/_ministack/ses/messages")["messages"].values() for m in account if not to or to in m["To"]]
        return [{"id": m["MessageId"], "kind": "email", "from": m["Source"], "to": m["To"][0], "subject": m["Subject"], "text": m["BodyText"], "html": m["BodyHtml"] or ""}
                for m in reversed(found)]

    def texts(self, to):
        found = [m for number, sent in self.fetch("/_ministack/sns/sms-messages")["sms_messages"].items() for m in sent if not to or number == to]
        return [{"id": m["MessageId"], "kind": "sms", "from": "", "to": m["PhoneNumber"], "subject": "", "text": m["Message"], "html": "",
                 "attributes": {name: value.get("StringValue", value.get("Value", "")) for name, value in m["MessageAttributes"].items()}} for m in reversed(found)]

    def calls(self, to):
        return [{"id": str(n), "kind": "call", "from": c["from"], "to": c["to"], "subject": "", "text": c["text"], "html": ""}
                for n, c in enumerate(reversed(self.fetch("/_trial/calls"))) if not to or c["to"] == to]

    def forget(self, part):
        """Takes back what limits have counted whose key has the part."""
        forgotten, database = 0, self.cloud.client("dynamodb")
        for table in self.tables():
            for page in database.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk, sk", FilterExpression="begins_with(pk, :limit)",
                                                                ExpressionAttributeValues={":limit": {"S": "limit#"}}):
                for key in page["Items"]:
                    if part in key["pk"]["S"]:
                        database.delete_item(TableName=table, Key=key)
                        forgotten += 1
        return {"forgotten": forgotten}


def handler(inbox):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            if path != "/_local/messages":
                return self.answer(404, {"message": "this is a deployed stack: only messages and limits are known"})
            return self.answer(200, inbox.messages(query.get("to", [""])[0].replace(" ", "+")))

        def do_DELETE(self):
            return self.answer(200, inbox.forget(parse_qs(urlsplit(self.path).query).get("part", [""])[0]))

        def answer(self, status, body):
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass
    return Handler
