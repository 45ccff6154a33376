"""Somebody who uses a deployed API, as far as the trial needs it; e2e takes the whole journeys."""
import json
import re
import secrets
import subprocess

from sam import ROOT, Failed

PASSWORD = "Mango tree 42"


class Person:
    def __init__(self, world, stack, headers=None, internet=None):
        self.world, self.stack, self.session, self.headers, self.internet = world, stack, None, headers or {}, internet
        self.email = f"trial-{secrets.token_hex(6)}@example.com"

    def call(self, method, path, body=None, want=(200, 201, 202)):
        headers = {**self.headers, **({"Authorization": f"Bearer {self.session}"} if self.session else {})}
        status, answer = self.world.call(self.stack, method, path, body, headers, self.internet)
        if status not in want:
            raise Failed(f"{method} {path} of {self.stack} answered {status} {answer.get('code', '')} {answer.get('detail', '')}")
        return answer

    def sign_up(self):
        """As the pages do it: who read other terms than those of now reads them, and sends it again."""
        if self.signed_up(want=(202, 422)).get("code"):
            self.signed_up(want=(202,))

    def signed_up(self, want):
        challenge = self.call("GET", "/v1/captcha")
        solved = subprocess.run(["python3", ROOT / "tools/solve-captcha.py"], input=json.dumps(challenge), capture_output=True, text=True, check=True).stdout.strip()
        terms = self.call("GET", "/v1/terms")["version"]
        body = {"email": self.email, "password": PASSWORD, "captcha": solved, "terms": {"version": terms, "accepted": True}}
        return self.call("POST", "/v1/signup", body, want)

    def verify(self, want=(200,)):
        self.call("POST", "/v1/verify", {"token": self.sent(self.email, r"/verify#(\S+)"), "password": PASSWORD}, want)

    def log_in(self):
        self.session = self.call("POST", "/v1/login", {"email": self.email, "password": PASSWORD, "transport": "bearer"})["session"]

    def register(self):
        self.sign_up()
        self.verify()
        self.log_in()

    def ask_for_code(self):
        """Returns the SMS."""
        number = f"+9198{secrets.randbelow(10 ** 8):08d}"
        self.call("POST", "/v1/otp", {"phone": number, "kind": "mobile"})
        if not (messages := self.world.inbox.messages(number)):
            raise Failed(f"no SMS came to {number}")
        return messages[0]

    def sent(self, to, pattern):
        for message in self.world.inbox.messages(to):
            if found := re.search(pattern, message["text"]):
                return found[1]
        raise Failed(f"nothing that was sent to {to} matches {pattern}")
