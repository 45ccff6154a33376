"""IAM as the second judge: each decision of ministack's evaluator over a function's session is written down, and what it lacks of SES and
End User Messaging is supplied from the request itself."""
import contextvars
import json
from email.utils import parseaddr
from urllib.parse import parse_qs

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id

from gaps import gap

asked_also = contextvars.ContextVar("asked_also", default=())  # resources that SES asks about beside the first


def watch(path):
    lacking = iam_actions.extract_resource_arn("ses", "POST", "/", {}, b"Action=SendEmail&Source=a@b.example", {}, "ap-south-1", "000000000000")
    gap(lacking == "*", "which resources SES asks IAM about", "ministack knows none for SendEmail; judge.py takes them from the request")
    name_resources()
    name_roles()
    write_down(path)


def name_resources():
    resource, context = iam_actions.extract_resource_arn, iam_actions.request_tag_context

    def named(service, method, path, headers, body, query, region, account):
        asked_also.set(())
        if service == "ses" and (form := parse_qs(body.decode("utf-8", "replace"))).get("Action") == ["SendEmail"]:
            arn = f"arn:aws:ses:{region}:{account}:"
            asked_also.set(tuple(arn + "configuration-set/" + name for name in form.get("ConfigurationSetName", [])))
            return arn + "identity/" + parseaddr(form["Source"][0])[1]
        if service == "sms-voice":
            origin = json.loads(body)["OriginationIdentity"]
            return f"arn:aws:sms-voice:{region}:{account}:{'pool' if origin.startswith('pool') else 'phone-number'}/{origin.lstrip('+')}"
        return resource(service, method, path, headers, body, query, region, account)

    def with_sender(service, action, body, query):
        found = context(service, action, body, query)
        if action == "ses:SendEmail":
            found = {**found, "ses:FromAddress": parseaddr(parse_qs(body.decode("utf-8", "replace"))["Source"][0])[1]}
        return found
    iam_actions.extract_resource_arn, iam_actions.request_tag_context = named, with_sender


def name_roles():
    """aws:PrincipalArn of a session is the ARN of its role (IAM User Guide, "AWS global condition context keys")."""
    value = iam_evaluator._resolve_condition_key
    session = "arn:aws:sts::000000000000:assumed-role/probe/session"
    probe = iam_evaluator.EvalContext(principal_arn=session, principal_type="AssumedRole", principal_account="0" * 12, action="", resource_arn="*", region="")
    gap(value("aws:PrincipalArn", probe) == session, "the path of a role in aws:PrincipalArn", "ministack gives the session; judge.py makes the role of it")

    def of_role(key, ctx):
        found = value(key, ctx)
        if key.lower() == "aws:principalarn" and ":assumed-role/" in str(found):
            return found.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").rsplit("/", 1)[0]
        return found
    iam_evaluator._resolve_condition_key = of_role


def write_down(path):
    enforce = iam_evaluator.enforce

    def judged(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        if not access_key_id or not access_key_id.startswith("ASIA"):  # the operator
            return denied
        for other in asked_also.get():
            denied = denied or enforce(access_key_id, iam_action, service, region, other, service_context)
        with open(path, "a", encoding="utf-8") as file:
            print(json.dumps({"allowed": denied is None, "action": iam_action, "resource": resource_arn, "role": role(access_key_id),
                              "why": None if denied is None else str(denied)}), file=file)
        return denied
    iam_evaluator.enforce = judged


def role(access_key_id):
    """The role of a session: arn:aws:sts::<account>:assumed-role/<role>/<session>."""
    found = iam_evaluator.resolve_principal(access_key_id, get_account_id())
    arn = getattr(found, "arn", "") or ""
    return arn.split("/")[1] if arn.count("/") > 1 else arn
