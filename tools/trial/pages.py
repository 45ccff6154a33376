"""The commands of the documentation, section by section, in one shell, as a reader has it.

Each command is run, or stands in commands.NEEDS_AWS with a reason; one that is neither at the end fails the trial, and so does a
placeholder that nothing fills.
"""
import os
import re
import select
import signal
import subprocess
import time

import commands
from sam import ROOT, Failed

FENCE = re.compile(r"^( *)```sh\n(.*?)^\1```", re.M | re.S)
HEADING = re.compile(r"^#+ (.*)$", re.M)


def sections(text):
    """(heading, its commands), in their order."""
    marks = [(m.start(), m[1]) for m in HEADING.finditer(FENCE.sub(lambda m: " " * len(m[0]), text))]
    for (begin, heading), (end, _) in zip(marks, [*marks[1:], (len(text), "")]):
        blocks = FENCE.findall(text[begin:end])
        found = [c for indent, body in blocks for c in split("\n".join(line.removeprefix(indent) for line in body.splitlines()))]
        if found:
            yield heading, found


def split(block):
    """The commands of a block: what a reader pastes at once, comments left out."""
    found, part = [], ""
    for line in block.splitlines():
        line = re.sub(r"(^|\s+)# .*$", "", line)
        part = f"{part}\n{line}" if part else line
        if part.strip() and not part.rstrip().endswith(("\\", "|", "&&")) and complete(part):
            found.append(part.strip())
            part = ""
    if part.strip():
        raise Failed(f"not a whole command: {part}")
    return found


def complete(part):
    return subprocess.run(["bash", "-n"], input=part, text=True, capture_output=True, check=False).returncode == 0


class Shell:
    """A bash that stays, with its variables and functions; whatever asks is answered yes."""

    def __init__(self, folder, environment, log):
        self.log = open(log, "w", encoding="utf-8")
        self.process = subprocess.Popen(["bash", "-o", "pipefail"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=environment,
                                        start_new_session=True)

    def run(self, command, timeout=300):
        """Returns how the command ended, and what it said."""
        mark, said, until = f"__{time.time_ns()}__", b"", time.time() + timeout
        self.process.stdin.write(f"{{ {command}\n}} < <(yes 2>/dev/null)\necho {mark}$?\n".encode())
        self.process.stdin.flush()
        while not (end := re.search(mark.encode() + rb"(\d+)\n", said)):
            if time.time() > until or not select.select([self.process.stdout], [], [], until - time.time())[0]:
                raise Failed(f"took more than {timeout} s: {command}")
            if not (more := os.read(self.process.stdout.fileno(), 65536)):
                raise Failed(f"the shell ended in: {command}")
            said += more
        text = said[:end.start()].decode("utf-8", "replace")
        self.log.write(f"$ {command}\n{text}\n[{end[1].decode()}]\n\n")
        self.log.flush()
        return int(end[1]), text

    def close(self):
        os.killpg(self.process.pid, signal.SIGTERM)  # with what it is running
        self.process.wait(5)
        self.log.close()


class Pages:
    NAMES = ("deploy.md", "deploy-again.md", "operations.md")

    def __init__(self, world, folder):
        self.world, self.done = world, set()
        self.found = {(name, heading): all for name in self.NAMES if (path := world.sources / "docs" / name).exists()
                      for heading, all in sections(path.read_text(encoding="utf-8"))}
        self.shell = Shell(folder, environment(world, folder), world.work / "pages.log")

    def section(self, page, heading, before=None, fails=(), part=slice(None)):
        """Runs the commands of a section, or a part of them. before: what happens before the commands that match; fails: the beginnings of
        those that have to fail."""
        if (page, heading) not in self.found:
            raise Failed(f"docs/{page} has no commands under {heading!r}")
        ran = 0
        for n, command in list(enumerate(self.found[page, heading]))[part]:
            self.done.add((page, heading, n))
            if needs_aws(command):
                continue
            for pattern, action in (before or {}).items():
                if re.search(pattern, command):
                    action()
            code, said = self.shell.run(commands.instead(command, self.world))
            ran += 1
            if (code == 0) == command.startswith(tuple(fails) or ("\0",)):
                raise Failed(f"docs/{page}, {heading}: ended with {code}: {command}\n{said.strip()[-700:]}")
        return f"{ran} commands"

    def only(self, page, heading, pattern):
        """Runs the one command of a section that matches, again."""
        n, _ = next((n, c) for n, c in enumerate(self.found[page, heading]) if re.search(pattern, c))
        return self.section(page, heading, part=slice(n, n + 1))

    def left(self):
        """Commands that were never run, and are not AWS's alone."""
        return [f"{page}, {heading}: {c.splitlines()[0]}" for (page, heading), all in self.found.items() for n, c in enumerate(all)
                if (page, heading, n) not in self.done and not needs_aws(c)]

    def verdict(self):
        if left := self.left():
            raise Failed(f"{len(left)} commands were never run: {'; '.join(left[:5])}")
        return f"{len(self.done)} commands of {len(self.NAMES)} pages; only AWS: {'; '.join(sorted(set(commands.NEEDS_AWS.values()))) or 'none'}"


def needs_aws(command):
    return any(command.startswith(begin) for begin in commands.NEEDS_AWS)


def environment(world, folder):
    bin = folder / ".bin"
    bin.mkdir()
    for program, target in {"sam": ROOT / ".local/tools/sam/bin/sam", "aws": ROOT / ".local/tools/aws-cli/bin/aws", "central": world.work / "central"}.items():
        (bin / program).symlink_to(target)
    return {**world.cloud.environment, "PATH": f"{bin}:{os.environ['PATH']}", **world.proxied(), "AWS_PAGER": "",
            "SAM_CLI_POLL_DELAY": "1"}
