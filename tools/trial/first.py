"""The first deployment, what people can do with it, the second one, and a parameter that changes."""
import io
import json
import re
import shutil
import zipfile

from person import Person
from sam import Failed

STACK = "central-dev"
# The journeys of e2e and what uses other parts of AWS: mail, events of storage, versions. The rest of e2e looks at answers, which are the same
# wherever the functions run.
JOURNEYS = "^Test(Journey|ABrowserSession|SessionsEnd|AForgotten|StorageRefuses|WhatGotThrough|ADocumentIsSeen|AnotherEntity|LogInBefore|Details|MailsFollow)"


def parameters(world):
    return {"Environment": "dev", "PublicUrl": world.url(STACK)}


def deploy(world, template):
    world.cloud.deploy(STACK, parameters(world), template)
    stack, resources = world.cloud.stack(STACK), world.cloud.resources(STACK)
    outputs = world.cloud.outputs(STACK)
    empty = [name for name, value in outputs.items() if not value]
    if stack["StackStatus"] != "CREATE_COMPLETE" or empty:
        raise Failed(f"{stack['StackStatus']}; outputs without a value: {empty}")
    world.account.knows_the_mail_domain()
    return f"CREATE_COMPLETE, {len(resources)} resources, {len(outputs)} outputs"


def modes(world):
    """Lambda starts what is executable: the mode is in the archive that was uploaded."""
    archives = archived_modes(world)
    wrong = {key: f"{mode:o}" for key, mode in archives.items() if mode != 0o755}
    if wrong or len(archives) < 10:
        raise Failed(f"{len(archives)} archives; bootstrap that Lambda cannot start in {wrong}")
    return f"bootstrap is 755 in {len(archives)} archives"


def archived_modes(world):
    """The mode of bootstrap in each archive that was uploaded, by the archive's key."""
    s3, found = world.cloud.client("s3"), {}
    bucket = next(b["Name"] for b in s3.list_buckets()["Buckets"] if "samclisourcebucket" in b["Name"])
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for key in (o["Key"] for o in page.get("Contents", []) if not o["Key"].endswith(".template")):
            with zipfile.ZipFile(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())) as archive:
                found[key] = archive.getinfo("bootstrap").external_attr >> 16 & 0o777
    return found


def lost_modes(world):
    """What carries a build from one machine to another may drop the modes: then nothing is to be deployed of it."""
    check, carried = world.sources / "tools" / "check-build.sh", world.work / "carried"
    if not check.exists():
        raise Failed("nothing refuses a build whose modes were lost")
    shutil.copytree(world.work / "now" / "build", carried)
    if (said := world.cloud.run("check-build", [str(check), str(carried)], check=False)).code:
        raise Failed(f"a good build is refused: {said.said[-300:]}")
    for bootstrap in carried.glob("*/bootstrap"):
        bootstrap.chmod(0o644)
    if world.cloud.run("check-build", [str(check), str(carried)], check=False).code == 0:
        raise Failed("a build whose modes were lost is not refused")
    shutil.rmtree(carried)
    return "refused by tools/check-build.sh"


def journeys(world):
    said = world.cloud.run("e2e", [str(world.work / "e2e.test"), "-test.run", JOURNEYS, "-test.v"], cwd=world.sources / "e2e", timeout=400,
                           environment={"CENTRAL_URL": world.url(STACK), "CENTRAL_LOCAL_URL": world.inbox.url}, check=False)
    passed, failed = (re.findall(rf"(?m)^--- {state}: (\w+)", said.said) for state in ("PASS", "FAIL"))
    if said.code or len(passed) < 12:
        raise Failed(f"{len(passed)} passed, {len(failed)} failed: {', '.join(failed)}")
    return f"{len(passed)} journeys and tests of e2e"


def central(world, *command):
    return world.cloud.run("central-" + command[0], [str(world.work / "central"), *command, "--stack", STACK], check=False, timeout=120, environment=world.proxied())


def journey(world):
    said = central(world, "journey", "--yes")
    if said.code or "erased" not in said.said:
        raise Failed(said.said.strip())
    return f"{said.said.count('ok')} steps"


# What doctor rightly finds wrong with the defaults, which are placeholders, and with a stack that nobody has signed up at.
PLACEHOLDERS = {"sms-dlt", "sms-spend-limit", "voice-origination", "alarm-recipients", "mail-dkim", "reviewers", "notice"}


def doctor(world):
    said = central(world, "doctor")
    wrong = [line for line in said.said.splitlines() if line.startswith("FAIL")]
    if more := [line for line in wrong if line.split()[1] not in PLACEHOLDERS]:
        raise Failed("; ".join(re.sub(r" {2,}", " ", line.split("->")[0])[:200] for line in more))
    return f"{said.said.strip().splitlines()[-1]}; the defaults are placeholders: {', '.join(line.split()[1] for line in wrong)}"


def unchanged(world, template):
    said = world.cloud.deploy(STACK, parameters(world), template)
    if not said.unchanged:
        raise Failed("a second deployment of the same thing changes something: " + said.said[-300:])
    return "No changes to deploy"


CHANGED = {"TermsVersion": "2026-12-01", "SupportEmail": "help@central.example.com", "SmsSenderId": "CHANGD", "Edge": "on"}


def change(world, template):
    world.cloud.deploy(STACK, {**parameters(world), **CHANGED}, template)
    if (status := world.cloud.stack(STACK)["StackStatus"]) != "UPDATE_COMPLETE":
        raise Failed(status)
    return ", ".join(CHANGED)


def terms_reach_the_api(world):
    return same("/v1/terms", world.call(STACK, "GET", "/v1/terms", headers=through_edge(world))[1].get("version"), CHANGED["TermsVersion"])


def edge_refuses(world):
    around, through = world.call(STACK, "GET", "/v1/health")[0], world.call(STACK, "GET", "/v1/health", headers=through_edge(world))[0]
    return same("/v1/health around the edge and through it", (around, through), (403, 200))


def through_edge(world):
    """What CloudFront would send."""
    arn = world.cloud.outputs(STACK).get("EdgeSecretArn")
    if not arn:
        return {}
    return {"CloudFront-Viewer-Address": "192.0.2.7:443", "X-Edge-Secret": json.loads(world.cloud.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])["current"]}


def support_reaches_pages(world):
    page = world.page(STACK, "/", through_edge(world))
    if CHANGED["SupportEmail"] not in page:
        raise Failed(f"the pages do not name {CHANGED['SupportEmail']}")
    return CHANGED["SupportEmail"]


def sender_reaches_sms(world):
    person = Person(world, STACK, through_edge(world))
    person.register()
    return same("the sender of an SMS", person.ask_for_code()["attributes"].get("AWS.SNS.SMS.SenderID"), CHANGED["SmsSenderId"])


def same(what, got, want):
    if got != want:
        raise Failed(f"{what}: {got}, not {want}")
    return str(got)


def steps(world, report, template):
    first, changed = "the first deployment", "another one with changed parameters"
    report.step(first, lambda: deploy(world, template))
    report.step("modes in the archives", lambda: modes(world), [first])
    report.step("a build whose modes were lost", lambda: lost_modes(world))
    report.step("the journeys of e2e", lambda: journeys(world), [first])
    report.step("central journey", lambda: journey(world), [first])
    report.step("central doctor", lambda: doctor(world), [first])
    report.step("the same deployment again", lambda: unchanged(world, template), [first])
    report.step(changed, lambda: change(world, template), [first])
    report.step("TermsVersion reaches the API", lambda: terms_reach_the_api(world), [changed])
    report.step("Edge reaches the API", lambda: edge_refuses(world), [changed])
    report.step("SupportEmail reaches the pages", lambda: support_reaches_pages(world), [changed])
    report.step("SmsSenderId reaches the SMS", lambda: sender_reaches_sms(world), [changed])
