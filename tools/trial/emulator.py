#!/usr/bin/env python3
"""AWS on this machine: ministack, with what it lacks filled in by gaps.py, edges.py and scanner.py and judged by judge.py, on 127.0.0.1 alone.

Runs in the Python of tools/install.sh ministack, as a child of trial.py, which sets the environment that ministack reads. Until SIGTERM.
"""
import argparse
import asyncio
import ctypes
import json
import os
import resource
import signal

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app

import edges
import gaps
import judge
import messaging
import protections
import scanner


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where AWS answers")
    parser.add_argument("--edge", type=int, required=True, help="where CloudFront answers")
    parser.add_argument("--door", action="append", default=[], metavar="NAME=PORT", help="where the API of a stack answers, or that of a domain name")
    parser.add_argument("--decisions", required=True, help="file that gets each decision of IAM, a JSON line each")
    return parser.parse_args()


class Front:
    """Leads requests to a door to the API of its stack or name, those to the edge to the distribution of their host, and answers what the trial
    itself asks (/_trial/)."""

    def __init__(self, doors, edge):
        self.doors, self.edge = doors, edge

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            if scope["path"].startswith("/_trial/"):
                return await own(scope, receive, send)
            port = (scope.get("server") or ("", 0))[1]
            if port in self.doors:
                name = self.doors[port]
                scope = addressed(scope, name if "." in name else gaps.apis.get(name, "00000000") + ".execute-api.localhost")
            elif port == self.edge:
                asked = next((v for k, v in scope["headers"] if k == b"host"), b"")
                scope = addressed(scope, edges.distribution(asked.decode()), (edges.ASKED.encode(), asked))
        await app.app(scope, receive, send)


def addressed(scope, host, *more):
    return {**scope, "headers": [*((k, v) for k, v in scope["headers"] if k != b"host"), (b"host", host.encode()), *more]}


async def own(scope, receive, send):
    body = (await receive()).get("body", b"")
    answers = {"/_trial/calls": lambda: messaging.calls, "/_trial/unproven": lambda: gaps.unproven, "/_trial/fail": lambda: gaps.failures.plan(json.loads(body))}
    text = json.dumps(answers[scope["path"]]()).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": text})


def dies_with_its_parent():
    """Also where the parent is killed and can clean up nothing."""
    pr_set_pdeathsig = 1
    try:
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    except (OSError, AttributeError):  # not Linux
        pass


def main():
    options = arguments()
    dies_with_its_parent()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard) if soft < hard else (soft, hard))
    for module in (gaps, protections, messaging, edges, scanner):
        module.fill()
    judge.watch(options.decisions)
    doors = {int(port): stack for stack, port in (door.split("=") for door in options.door)}
    config = Config()
    config.bind = [f"127.0.0.1:{port}" for port in (options.port, options.edge, *doors)]
    config.certfile, config.keyfile = os.environ["MINISTACK_SSL_CERT"], os.environ["MINISTACK_SSL_KEY"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    asyncio.run(serve(Front(doors, options.edge), config))


if __name__ == "__main__":
    main()
