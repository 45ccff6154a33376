"""The last release, with people in it, becomes this tree."""
import re
import subprocess

from sam import ROOT, Failed, build

STACK = "central-staging"
EMAIL = "asha-before@example.com"


def last_release():
    """The newest tag; where none was set, the commit before CHANGELOG.md began to collect what is unreleased."""
    tag = git("describe", "--tags", "--abbrev=0", "--match", "v*", check=False)
    if tag:
        return tag
    began = git("log", "-S## Unreleased", "--format=%H", "--", "CHANGELOG.md").splitlines()
    if not began or git("rev-parse", "--is-shallow-repository") == "true":
        raise Failed("the history of this checkout is cut off: git fetch --unshallow")
    return began[-1] + "^"


def git(*command, check=True):
    return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=check).stdout.strip()


def parameters(world):
    return {"Environment": "staging", "PublicUrl": world.url(STACK)}


def deploy_before(world, before):
    tree = world.work / "before" / "sources"
    git("worktree", "add", "--force", "--detach", str(tree), before)
    try:
        template = build(world.cloud, tree, world.work / "before")
        world.account.knows_the_mail_domain()
        world.cloud.deploy(STACK, parameters(world), template)
        walk(world, tree)
    finally:
        git("worktree", "remove", "--force", str(tree))
    return f"{git('log', '-1', '--format=%h %s', before)}: {world.cloud.stack(STACK)['StackStatus']}, and a journey by its README"


def walk(world, tree):
    """The README's own walk-through, with an address that is known afterwards."""
    script = "\n".join(re.findall(r"(?s)```bash\n(.*?)```", (tree / "README.md").read_text(encoding="utf-8")))
    script = script.replace("$api/_local", world.inbox.url).replace("http://127.0.0.1:3000", world.url(STACK))
    script = re.sub(r"(?m)^email=.*$", f"email={EMAIL}", script)
    said = world.cloud.run("walk-before", ["bash", "-c", "set -euo pipefail\n" + script], cwd=tree, timeout=120)
    if not said.said.rstrip(".\n ").endswith("home"):  # what comes next, whatever the words before it
        raise Failed(said.said[-400:])


def update(world, template):
    world.cloud.deploy(STACK, parameters(world), template)
    if (status := world.cloud.stack(STACK)["StackStatus"]) != "UPDATE_COMPLETE":
        raise Failed(status)
    status, answer = world.call(STACK, "POST", "/v1/login", {"email": EMAIL, "password": "Mango tree 42", "transport": "bearer"})
    if status != 200 or answer.get("next") != "home":
        raise Failed(f"the account of before logs in with {status} {answer}")
    status, case = world.call(STACK, "GET", "/v1/kyc", headers={"Authorization": f"Bearer {answer['session']}"})
    documents = [d for r in case.get("requirements", []) for d in r["documents"]]
    if status != 200 or case.get("status") != "submitted" or len(documents) < 2:
        raise Failed(f"its case is {status} {case.get('status')} with {len(documents)} documents")
    return f"logs in, next: home; its case is submitted, with {len(documents)} documents"


def steps(world, report, template):
    filled = "the last release, with an account"
    report.step(filled, lambda: deploy_before(world, last_release()))
    report.step("updated to this tree", lambda: update(world, template), [filled])
