#!/usr/bin/env python3
"""AWS on this machine: ministack, with what it lacks filled in by gaps.py and judged by judge.py, on 127.0.0.1 alone.

Runs in the Python of tools/install.sh ministack, as a child of trial.py, which sets its environment. Until SIGTERM.
"""
import argparse
import asyncio
import ctypes
import json
import os
import resource
import signal


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where AWS answers")
    parser.add_argument("--door", action="append", default=[], metavar="STACK=PORT", help="where the API of a stack answers, as its PublicUrl would")
    parser.add_argument("--decisions", required=True, help="file that gets each decision of IAM, a JSON line each")
    return parser.parse_args()


class Front:
    """Leads requests to a door to the API of its stack, and answers what the trial itself asks (/_trial/)."""

    def __init__(self, inner, doors, gaps):
        self.inner, self.doors, self.gaps = inner, doors, gaps

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            if scope["path"].startswith("/_trial/"):
                return await self.own(scope, receive, send)
            stack = self.doors.get((scope.get("server") or ("", 0))[1])
            if stack:
                host = self.gaps.apis.get(stack, "00000000") + ".execute-api.localhost"
                scope = {**scope, "headers": [(k, host.encode() if k == b"host" else v) for k, v in scope["headers"]]}
        await self.inner(scope, receive, send)

    async def own(self, scope, receive, send):
        body = (await receive()).get("body", b"")
        answer = {"/_trial/calls": lambda: self.gaps.calls, "/_trial/unproven": lambda: self.gaps.unproven,
                  "/_trial/fail": lambda: self.gaps.failures.plan(json.loads(body))}[scope["path"]]()
        text = json.dumps(answer).encode()
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
    # Only now: the emulator reads the environment when it is imported.
    import gaps
    import judge
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    gaps.fill()
    judge.watch(options.decisions)
    doors = {int(port): stack for stack, port in (door.split("=") for door in options.door)}
    config = Config()
    config.bind = [f"127.0.0.1:{port}" for port in (options.port, *doors)]
    config.certfile, config.keyfile = os.environ["MINISTACK_SSL_CERT"], os.environ["MINISTACK_SSL_KEY"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    asyncio.run(serve(Front(app.app, doors, gaps), config))


if __name__ == "__main__":
    main()
