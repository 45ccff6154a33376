#!/usr/bin/env python3
"""Deploys Central with the real SAM CLI on an emulator of AWS, uses it, changes it, breaks it, and says what held.

docs/deploy-trial.md says what this proves and what it cannot. Logs are in .local/trial.
"""
import argparse
import fcntl
import shutil
import signal
import sys
from pathlib import Path

import decisions
import first
import production
import upgrade
from report import Report
from sam import ROOT, build
from world import World

CHAPTERS = {"first": first, "production": production, "upgrade": upgrade}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, default=ROOT, help="folder of the sources that are deployed (this one)")
    parser.add_argument("--only", choices=CHAPTERS, action="append", help="only this chapter; may be given more than once")
    return parser.parse_args()


def alone(path):
    """Two trials of one checkout would write into each other's folder."""
    path.parent.mkdir(exist_ok=True)
    lock = open(path, "w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("another trial of this checkout is running")
    return lock


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends
    work = ROOT / ".local" / "trial"
    lock = alone(work.with_suffix(".lock"))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        return tried(options, work, Report(work / "trial.log"))
    except KeyboardInterrupt:
        print("interrupted; nothing is left running", file=sys.stderr)
        return 130
    finally:
        lock.close()


def tried(options, work, report):
    with World(work, options.sources.resolve(), [first.STACK, upgrade.STACK, production.HOST], {production.STACK: production.HOST}) as world:
        built = {}
        report.step("sam build", lambda: built.update(template=build(world.cloud, world.sources, work / "now")))
        report.step("e2e and central", world.tools)
        if not report.failed:
            for name in options.only or CHAPTERS:
                CHAPTERS[name].steps(world, report, built["template"])
        report.step("IAM, over all of it", lambda: decisions.none_denied(world))
        unused = list(decisions.unused(world, first.STACK)) if world.cloud.stack(first.STACK)["StackStatus"] != "absent" else []
        unproven = world.get("/_trial/unproven")
    print("\nAllowed, and used by no call of this trial:", *unused, sep="\n  ")
    print("", *unproven, "", report.table(), sep="\n")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
