"""How the commands of the documentation become commands of the trial: what a reader answers, and what stands for a value of their own."""
import re

from sam import Failed

HOST = "central.example.com"


def options(world):
    account = world.account
    return {
        "Environment": "prod", "GrievanceContact": "Grievance Officer <grievance@example.com>", "PublicUrl": f"https://{HOST}", "MailFrom": "no-reply@example.com", "MailDomain": "example.com", "HostedZoneId": account.zone(),
        "AlarmMail": "alarms@example.com", "MonthlyBudgetUsd": "100", "MalwareScan": "on", "ReserveConcurrency": "yes", "CallProvider": "api",
        "SmsEntityId": "1001234567890123456", "SmsTemplateId": "1007234567890123456", "CallApiUrl": "https://calls.example.com/v1/calls", "SmsTemplateIdHi": "1007000000000000001",
        "SmsChangedTemplateId": "1007000000000000002", "SmsChangedTemplateIdHi": "1007000000000000003", "PermissionsBoundaryArn": account.boundary(),
    }


# Only AWS has it: the beginning of the command, and why it is not run.
NEEDS_AWS = {}

# What doctor rightly finds wrong here: nobody follows the link that SNS mails, and nobody has signed up yet.
UNFINISHED = "alarm-recipients|reviewers"
# What stands for a command, by its beginning.
INSTEAD = {
    'central doctor --stack "$stack"':
        f'{{ central doctor --stack "$stack" || true; }} | tee doctor.txt; ! grep ^FAIL doctor.txt | grep -v -E "^FAIL +({UNFINISHED}) "',
    "central() {": ":",  # the program of this tree is in PATH, built once
}

# A value of the reader's own, as the pages write it.
PLACEHOLDERS = {r"Z0123456789ABC": lambda world: world.account.zone()}


def instead(command, world):
    # Built once, for this machine: what another build adds is the modes.
    command = command.replace("sam build && ", "").replace("sam build", "chmod 755 .aws-sam/build/*/bootstrap")
    for begin, other in INSTEAD.items():
        if command.startswith(begin):
            command = other
    if re.match("aws [a-z0-9]+ wait ", command):
        command = "sleep 2; " + command  # it asks at once and then every half minute; here it has happened within a second
    for pattern, value in PLACEHOLDERS.items():
        command = re.sub(pattern, lambda _: value(world), command)
    if left := re.search(r"<[a-zA-Z][^>|&;(]*>|(?<![\w.'])\.\.\.(?!\w)", command):
        raise Failed(f"nothing fills {left[0]} of: {command}")
    if command.startswith("sam deploy --guided"):
        return f"printf '%s\\n' {answers(world)} | {command}"
    return command


def answers(world):
    """To sam deploy --guided: stack, region, each parameter; then that the answers are kept, and the change set is made."""
    given = options(world)
    asked = ["", "", *(given.get(name, "") for name in world.account.parameters()), "", "", "", "", "", "", "y"]
    return " ".join(f"'{a}'" for a in asked)
