"""The commands of docs/deploy.md and docs/operations.md, run in the order in which they stand there.

Each is run, or stands in NEEDS_AWS with a reason; one that is neither, or has a placeholder that nothing here fills, fails the trial.
"""
import os
import re
import shutil
import subprocess

import commands
from sam import ROOT, Failed

FENCE = re.compile(r"(?ms)^( *)```sh\n(.*?)^\1```")


def blocks(text):
    """The fenced blocks of shell, without the indentation that a list gives them."""
    return ["\n".join(line.removeprefix(indent) for line in body.splitlines()) for indent, body in FENCE.findall(text)]


def split(block):
    """The commands of a block: what a reader would paste at once, comments left out."""
    found, part = [], ""
    for line in block.splitlines():
        line = re.sub(r"\s+# .*$", "", line) if not line.lstrip().startswith("#") else ""
        part = f"{part}\n{line}" if part else line
        if part.strip() and not part.rstrip().endswith(("\\", "|", "&&")) and complete(part):
            found.append(part.strip())
            part = ""
    if part.strip():
        raise Failed(f"not a whole command: {part}")
    return found


def complete(part):
    return subprocess.run(["bash", "-n"], input=part, text=True, capture_output=True, check=False).returncode == 0


def filled(command, values):
    """The command with its placeholders filled; Failed where one is left."""
    for pattern, name in commands.PLACEHOLDERS.items():
        command = re.sub(pattern, lambda _: values[name], command)
    left = re.search(r"<[a-zA-Z][^>|&;]*>|(?<![\w.])\.\.\.(?!\w)|\+91\.\.\.", command)
    if left:
        raise Failed(f"nothing fills {left[0]} of: {command}")
    return command


def plan(document, values):
    """(command as it stands, what is run or None, why not)."""
    for block in blocks(document):
        for command in split(block):
            if (reason := next((why for begin, why in commands.NEEDS_AWS.items() if command.startswith(begin)), None)) is not None:
                yield command, None, reason
            else:
                yield command, filled(next((instead for begin, instead in commands.INSTEAD.items() if command.startswith(begin)), command), values), ""


def run(world, name, folder):
    values = commands.values(world)
    planned = list(plan((world.sources / "docs" / name).read_text(encoding="utf-8"), values))
    if not planned:
        raise Failed(f"docs/{name} has no commands")
    script = ["set -euo pipefail"]
    for n, (command, instead, _) in enumerate(planned):
        if instead is not None:
            script += [f"echo '### {n}'", instead]
    said = world.cloud.run(name.removesuffix(".md"), ["bash", "-c", "\n".join(script)], cwd=folder, timeout=400, check=False, environment=environment(world, folder))
    if said.code:
        last = int(re.findall(r"(?m)^### (\d+)$", said.said)[-1])
        raise Failed(f"ended with {said.code}: {planned[last][0]}\n{said.said.rsplit('### ', 1)[-1][-600:]}")
    left = [f"{command.splitlines()[0][:60]}: {why}" for command, instead, why in planned if instead is None]
    return f"{len(planned) - len(left)} commands of {len(planned)}" + (f"; not run: {'; '.join(left)}" if left else "")


def environment(world, folder):
    """The programs that the page asks for, and no other answer to a question than Enter."""
    bin = folder / ".bin"
    if not bin.exists():
        bin.mkdir()
        for program, target in {"sam": ROOT / ".local/tools/sam/bin/sam", "aws": ROOT / ".local/tools/aws-cli/bin/aws", "central": world.work / "central"}.items():
            (bin / program).symlink_to(target)
    return {"PATH": f"{bin}:{os.environ['PATH']}", "HTTPS_PROXY": world.internet.url, "NO_PROXY": "127.0.0.1,localhost", "AWS_PAGER": ""}


def checkout(world):
    """The sources as an operator has them, with what was built already, for this machine."""
    folder = world.work / "operator"
    folder.mkdir()
    names = subprocess.run(["git", "ls-files", "-z"], cwd=world.sources, capture_output=True, check=True).stdout.split(b"\0")
    for name in (n.decode() for n in names if n and not n.startswith(b"docs/screens/")):
        if (world.sources / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(world.sources / name, folder / name)
    shutil.copy(world.work / "now" / "template.yaml", folder / "template.yaml")
    shutil.copytree(world.work / "now" / "build", folder / ".aws-sam" / "build")
    return folder


def steps(world, report, template):
    needs = ["deployed again, every option on"]
    folder = []
    report.step("an operator's checkout", lambda: folder.append(checkout(world)), needs)
    for name in ("deploy.md", "operations.md"):
        report.step(f"the commands of docs/{name}", lambda: run(world, name, folder[0]), ["an operator's checkout"])
