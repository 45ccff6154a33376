#!/usr/bin/env python3
"""Solve a proof-of-work captcha as a browser would.

Reads the answer of GET /v1/captcha from standard input and writes the value of the member "captcha".
"""
import base64
import hashlib
import json
import sys

challenge = json.loads(sys.stdin.read() or sys.exit("no challenge on standard input"))
if challenge.pop("provider") == "off":
    sys.exit()
p = challenge["parameters"]
nonce, salt = bytes.fromhex(p["nonce"]), bytes.fromhex(p["salt"])
for counter in range(100_000):
    key = hashlib.pbkdf2_hmac("sha256", nonce + counter.to_bytes(4, "big"), salt, p["cost"], p["keyLength"]).hex()
    if key.startswith(p["keyPrefix"]):
        solution = {"challenge": challenge, "solution": {"counter": counter, "derivedKey": key, "time": 0}}
        print(base64.b64encode(json.dumps(solution).encode()).decode())
        break
else:
    sys.exit("no solution found")
