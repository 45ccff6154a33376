"""Production, as the pages have it made, changed and taken down, with every option on; and what goes wrong on the way."""
import shutil
import subprocess
import threading
import time

import first
from commands import HOST, options
from pages import Pages
from person import Person
from sam import Failed

STACK, EDGE = "central-prod", "central-prod-edge"
TTL = 6  # seconds that a resolver keeps an answer; the pages say five minutes, and the trial does not wait that long
AFTER = "4. After it"
ANOTHER = "Another stack after a deleted one"
INTERNAL = 'Resource handler returned message: "Internal failure" (HandlerErrorCode: ServiceInternalError)'
# What stays when a stack is deleted, as docs/deploy-again.md has it.
RETAINED = {"AWS::DynamoDB::Table": 2, "AWS::S3::Bucket": 2, "AWS::SecretsManager::Secret": 2, "AWS::Logs::LogGroup": 17}


def checkout(world):
    """The sources as an operator has them, with what was built already, for this machine."""
    folder = world.work / "operator"
    folder.mkdir()
    names = subprocess.run(["git", "ls-files", "-z"], cwd=world.sources, capture_output=True, check=True).stdout.decode().split("\0")
    for name in names:
        if name and not name.startswith("docs/screens/") and (world.sources / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(world.sources / name, folder / name)
    shutil.copy(world.work / "now" / "template.yaml", folder / "template.yaml")
    shutil.copytree(world.work / "now" / "build", folder / ".aws-sam" / "build")
    return folder


class Production:
    def __init__(self, world):
        self.world, self.cloud = world, world.cloud
        self.folder = checkout(world)
        self.pages = Pages(world, self.folder)
        self.signed_up = 0

    def status(self, want):
        status = self.cloud.stack(STACK)["StackStatus"]
        if status != want:
            raise Failed(f"{STACK} is {status}: {self.world.why(STACK)}")
        return status

    def preparation(self):
        self.pages.section("deploy.md", "Deploying")
        return f"{self.pages.section('deploy.md', '1. What takes days: ask for it first')}, {self.pages.section('deploy.md', '2. The domain')}"

    def first_fails(self):
        self.world.fail(STACK, "MalwareScanPlan", "The request was rejected because provided IAM role does not have the required permissions to validate S3 bucket ownership.")
        self.pages.section("deploy.md", "3. The first deployment", fails=["sam deploy --guided"], part=slice(2))
        self.status("ROLLBACK_COMPLETE")
        left = {e["LogicalResourceId"]: e["PhysicalResourceId"] for e in self.cloud.events(STACK) if e["ResourceStatus"] == "DELETE_SKIPPED"}
        return f"ROLLBACK_COMPLETE; {len(left)} resources left behind: {', '.join(sorted(left)[:6])}"

    def then_succeeds(self):
        said = self.pages.section("deploy-again.md", "The first deployment failed")
        if len(tables := [name for name in self.world.tables() if name.startswith(STACK)]) != 2:
            raise Failed(f"the tables are {tables}")
        self.status("CREATE_COMPLETE")
        self.pages.section("deploy.md", "3. The first deployment", part=slice(2, None))
        self.status("CREATE_COMPLETE")  # the same again changes nothing
        outputs = self.cloud.outputs(STACK)
        if empty := [name for name, value in outputs.items() if not value]:
            raise Failed(f"outputs without a value: {empty}")
        return f"{said}; CREATE_COMPLETE, {len(self.cloud.resources(STACK))} resources, {len(options(self.world))} parameters, {len(outputs)} outputs"

    def works(self):
        self.person = Person(self.world, STACK)
        self.person.register()
        self.person.ask_for_code()
        return "signed up, verified, logged in, SMS"

    def central(self, *command):
        """A command of the operator that docs/operations.md describes in words, not as a block."""
        code, said = self.pages.shell.run(f"central {' '.join(command)} --stack {STACK} --yes", timeout=120)
        if code:
            raise Failed(f"central {' '.join(command)} ended with {code}: {said.strip()[-500:]}")

    def rolls_back(self):
        """The release that was kept before the parameter was changed, and forward again."""
        changed, began = self.terms(), time.time()
        self.central("rollback")
        before, took = self.terms(), time.time() - began
        self.central("rollback", "--undo")
        if before == changed or self.terms() != changed:
            raise Failed(f"/v1/terms was {changed}, after the rollback {before}, after its undoing {self.terms()}")
        return f"/v1/terms {changed}, {before} after {took:.0f} s, and {changed} again"

    def terms(self):
        return self.world.call(STACK, "GET", "/v1/terms")[1].get("version")

    def rotates(self):
        """A link that was mailed before still opens the account; and the secret of the call API."""
        person = Person(self.world, STACK)
        person.sign_up()
        self.central("rotate", "key")
        person.verify()
        person.log_in()
        self.central("rotate", "call")
        self.central("rotate", "call", "--done")
        return f"a link of before works; {self.works()}"

    def leaks(self):
        person = Person(self.world, STACK)
        person.sign_up()
        self.central("rotate", "key", "--leaked")
        person.verify(want=(400, 401, 403, 404, 410, 422))
        return f"a link of before does not work; {self.works()}"

    def meanwhile(self, step):
        """The step while somebody new signs up every two seconds: nobody is locked out."""
        def watched():
            with Probe(self.world) as probe:
                said = step()
            if probe.failed or not probe.tried:
                raise Failed(f"{len(probe.failed)} of {probe.tried} sign-ups failed: {'; '.join(probe.failed[:2])}")
            self.signed_up += probe.tried
            return f"{said}; {probe.tried} signed up meanwhile"
        return watched

    def does_not_start(self):
        """A build that lost its modes was deployed, and a good one of the same bytes has to take its place."""
        bootstrap = self.folder / ".aws-sam/build/WebFunction/bootstrap"
        with open(bootstrap, "ab") as file:
            file.write(b"\0")  # other bytes: what was uploaded before would not be uploaded again
        bootstrap.chmod(0o644)
        self.pages.shell.run("sam deploy --config-env prod --no-confirm-changeset")
        if 0o644 not in first.archived_modes(self.world).values():
            raise Failed("no archive without the mode was uploaded: there is nothing to mend")
        said = self.pages.section("deploy-again.md", "A function does not start")
        return f"{said}; {first.modes(self.world)}"

    def update_fails(self):
        # And the way back fails too, in a function that was changed already: the stack stands still until somebody goes on with the roll-back.
        self.world.fail(STACK, "WebFunction", INTERNAL)
        self.world.fail(STACK, "SignupFunction", INTERNAL, after=1)
        before = self.settings()
        code, said = self.pages.shell.run("sam deploy --config-env prod --no-confirm-changeset --parameter-overrides LogLevel=DEBUG TermsVersion=2027-01-01")
        if code == 0:
            raise Failed("the failure that was planned did not come")
        self.status("UPDATE_ROLLBACK_FAILED")
        self.pages.section("deploy-again.md", "A later deployment failed")
        self.settle()
        self.status("UPDATE_ROLLBACK_COMPLETE")
        if (after := self.settings()) != before:
            raise Failed(f"not as before: {sorted(name for name in before if before[name] != after.get(name))}")
        return f"UPDATE_ROLLBACK_COMPLETE, {len(before)} functions as before; {self.works()}"

    def settle(self):
        while self.cloud.stack(STACK)["StackStatus"].endswith("_IN_PROGRESS"):
            time.sleep(0.3)

    def settings(self):
        """Of each function, but for what only made it start anew: that goes with the next change of its settings."""
        client = self.cloud.client("lambda")
        found = {id: client.get_function_configuration(FunctionName=r["PhysicalResourceId"])["Environment"]["Variables"]
                 for id, r in self.cloud.resources(STACK).items() if r["ResourceType"] == "AWS::Lambda::Function"}
        return {id: {name: value for name, value in of.items() if name != "SECRET_VERSION"} for id, of in found.items()}

    def edge(self):
        """The whole section, with the waits that it asks for, while people sign up."""
        seen = {}

        def closing():
            time.sleep(TTL + 1)
            seen["open"] = self.roads()

        def removing():
            seen["closed"] = self.roads()
            time.sleep(TTL + 1)
        def rotating():
            seen["on"] = self.roads()
            self.central("rotate", "edge", "--edge-stack", EDGE)
            seen["rotated"] = self.roads()
        with Probe(self.world) as probe:
            said = self.pages.section("deploy.md", "With a firewall in front", before={r"Edge=on": closing, r"Edge=open '": rotating, r"delete-stack": removing})
            time.sleep(3)
            seen["off"] = self.roads()
        if probe.failed or probe.tried < 8:
            raise Failed(f"{len(probe.failed)} of {probe.tried} sign-ups failed: {'; '.join(probe.failed[:2])}")
        want = {"open": (200, 200), "on": (200, 403), "rotated": (200, 403), "closed": (200, 200), "off": (200, 200)}
        if seen != want:
            raise Failed(f"/v1/health by DNS and straight at the API is {seen}, not {want}")
        self.signed_up += probe.tried
        return f"{said}; {probe.tried} signed up meanwhile; around it 403 while it was on"

    def roads(self):
        return self.world.call(STACK, "GET", "/v1/health")[0], self.world.around(HOST, "/v1/health")

    def delete(self):
        left = self.cloud.delete(STACK)
        kinds = {}
        for kind, _ in left.values():
            kinds[kind] = kinds.get(kind, 0) + 1
        if kinds != RETAINED:
            raise Failed(f"what stays is {kinds}, not {RETAINED}")
        if more := list(self.world.account.remains(STACK)):
            raise Failed(f"and this is still there: {more[:5]}")
        return ", ".join(f"{n} {kind}" for kind, n in kinds.items())


    def takes_over(self):
        self.pages.section("deploy-again.md", ANOTHER, part=slice(-4))  # the last four remove it again
        self.pages.only("deploy.md", AFTER, "callSecret")  # as the section says
        self.person.log_in()
        return "the account of before logs in; " + self.works()

    def nobody_locked_out(self):
        if self.signed_up < 10:
            raise Failed(f"only {self.signed_up} people came by while things changed")
        return f"{self.signed_up} people signed up while a parameter, a release, keys, the edge and the table changed"

    def restore(self):
        before = self.cloud.outputs(STACK)["UsersTableName"]
        said = self.pages.section("operations.md", "Restoring the table of accounts")
        after = self.cloud.outputs(STACK)["UsersTableName"]
        if after == before:
            raise Failed(f"the table is still {before}")
        self.person.log_in()
        return f"{said}; the account of before logs in from {after}"


class Probe:
    """Signs up somebody new every two seconds, with a resolver that keeps what it knows."""

    def __init__(self, world):
        self.world, self.ended, self.tried, self.failed = world, threading.Event(), 0, []
        self.internet = world.network(TTL)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(40)
        self.internet.close()

    def run(self):
        while not self.ended.wait(2):
            self.tried += 1
            try:
                Person(self.world, STACK, internet=self.internet).sign_up()
            except (Failed, OSError) as e:
                self.failed.append(f"{time.strftime('%H:%M:%S')} {e}")


def steps(world, report, template):
    made = "deployed again, every option on"
    production = []
    if not report.step("an operator's checkout", lambda: production.append(Production(world))):
        return
    p = production[0]

    def page(page, heading):
        return lambda: p.pages.section(page, heading)
    try:
        report.step("before the first deployment", p.preparation)
        report.step("a first deployment fails late", p.first_fails, ["before the first deployment"])
        report.step(made, p.then_succeeds, ["a first deployment fails late"])
        report.step("after the first deployment", page("deploy.md", AFTER), [made])
        report.step("production works", p.works, [made])
        report.step("changing a parameter", p.meanwhile(page("deploy.md", "5. Changing a parameter")), [made])
        report.step("rolled back and forward", p.meanwhile(p.rolls_back), ["changing a parameter"])
        report.step("a function does not start", p.does_not_start, [made])
        report.step("an update fails in the middle", p.update_fails, [made])
        report.step("keys are rotated", p.meanwhile(p.rotates), [made])
        report.step("a key got out", p.leaks, [made])
        report.step("the edge comes, its secret changes, and it goes", p.edge, [made])
        report.step("production is deleted", p.delete, [made])
        report.step("another stack takes over", p.takes_over, ["production is deleted"])
        report.step("the table of accounts is restored", p.meanwhile(p.restore), ["production is deleted"])
        report.step("nobody was locked out", p.nobody_locked_out, ["the table of accounts is restored"])
        report.step("what was left is removed", lambda: p.pages.section("deploy-again.md", ANOTHER, part=slice(-4, None)), ["production is deleted"])
        report.step("all commands of the pages", p.pages.verdict)
    finally:
        p.pages.shell.close()
