"""Production with every option: a first deployment that fails, one that does not, an update that fails in the middle, and the end."""
import first
from person import Person
from sam import Failed

STACK = "central-prod"
HOST = "central.example.com"
# What stays when a stack is deleted, as docs/deploy.md has it.
RETAINED = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::Logs::LogGroup"}


def options(world):
    every = {
        "Environment": "prod", "PublicUrl": f"https://{HOST}", "MailFrom": "no-reply@example.com", "MailDomain": "example.com", "HostedZoneId": world.account.zone(),
        "AlarmMail": "alarms@example.com", "MonthlyBudgetUsd": "100", "MalwareScan": "on", "ReserveConcurrency": "yes", "SupportEmail": "help@example.com",
        "SmsTemplateIdHi": "1007000000000000001", "SmsChangedTemplateId": "1007000000000000002", "SmsChangedTemplateIdHi": "1007000000000000003",
        "Edge": "open", "Rollout": "Canary10Percent5Minutes", "PermissionsBoundaryArn": world.account.boundary(), "CodeSigningConfigArn": world.account.signing(),
    }
    known = world.account.parameters()
    if "open" not in known["Edge"]["AllowedValues"]:
        every["Edge"] = "on"
    return {name: value for name, value in every.items() if name in known}


def first_fails(world, template):
    world.fail(STACK, "MalwareScanPlan", "The request was rejected because provided IAM role does not have the required permissions to validate S3 bucket ownership.")
    said = world.cloud.deploy(STACK, options(world), template, check=False)
    status = world.cloud.stack(STACK)["StackStatus"]
    if said.code == 0 or status != "ROLLBACK_COMPLETE":
        raise Failed(f"{status}, sam deploy ended with {said.code}: the failure that was planned did not come: {said.said[-300:]}")
    left = [e["LogicalResourceId"] for e in world.cloud.events(STACK) if e["ResourceStatus"] == "DELETE_SKIPPED"]
    world.cloud.delete(STACK)
    return f"ROLLBACK_COMPLETE, {len(left)} resources left behind ({', '.join(sorted(left)[:6])}); deleted"


def then_succeeds(world, template):
    said = world.cloud.deploy(STACK, options(world), template, check=False)
    status = world.cloud.stack(STACK)["StackStatus"]
    if said.code or status != "CREATE_COMPLETE":
        raise Failed(f"{status}: {world.why(STACK) or said.said[-400:]}")
    empty = [name for name, value in world.cloud.outputs(STACK).items() if not value]
    if empty:
        raise Failed(f"outputs without a value: {empty}")
    return f"CREATE_COMPLETE, {len(world.cloud.resources(STACK))} resources, {len(options(world))} parameters, {len(world.cloud.outputs(STACK))} outputs"


def works(world):
    person = Person(world, STACK)
    person.register()
    person.ask_for_code()
    return "signed up, verified, logged in, SMS"


def update_fails(world, template):
    # The last of the functions: those before it have been changed by then.
    world.fail(STACK, "WebFunction", "Resource handler returned message: \"Internal failure\" (HandlerErrorCode: ServiceInternalError)")
    before = settings(world)
    said = world.cloud.deploy(STACK, {**options(world), "LogLevel": "DEBUG", "TermsVersion": "2027-01-01"}, template, check=False)
    status = world.cloud.stack(STACK)["StackStatus"]
    if said.code == 0 or status != "UPDATE_ROLLBACK_COMPLETE":
        raise Failed(f"{status}, sam deploy ended with {said.code}")
    if (after := settings(world)) != before:
        changed = sorted(name for name in before if before[name] != after.get(name))
        raise Failed(f"not as before: {changed}")
    return f"UPDATE_ROLLBACK_COMPLETE, {len(before)} functions as before; {works(world)}"


def settings(world):
    client = world.cloud.client("lambda")
    return {id: client.get_function_configuration(FunctionName=r["PhysicalResourceId"])["Environment"]["Variables"]
            for id, r in world.cloud.resources(STACK).items() if r["ResourceType"] == "AWS::Lambda::Function"}


def delete(world):
    left = world.cloud.delete(STACK)
    kinds = {kind for kind, _ in left.values()}
    if kinds != RETAINED:
        raise Failed(f"what stays is {sorted(kinds)}, not {sorted(RETAINED)}")
    if more := list(world.account.remains(STACK)):
        raise Failed(f"and this is still there: {more[:5]}")
    return f"{len(left)} resources stay: " + ", ".join(sorted(kinds))


def steps(world, report, template):
    failed, made = "a first deployment fails late", "deployed again, every option on"
    report.step(failed, lambda: first_fails(world, template))
    report.step(made, lambda: then_succeeds(world, template), [failed])
    report.step("production works", lambda: works(world), [made])
    report.step("an update fails in the middle", lambda: update_fails(world, template), [made])


def ending(world, report):
    report.step("production is deleted", lambda: delete(world), ["deployed again, every option on"])
