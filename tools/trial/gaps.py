"""What ministack lacks for Central's templates, and what stands in for it.

Each gap looks first whether it is still one: when the emulator has closed it, the stand-in has to go. What a stand-in cannot prove is said
in one line.
"""
import copy
import inspect
import string
import threading
import time

import ministack.services.apigateway as apigateway
import ministack.services.cloudformation.changesets as changesets
import ministack.services.cloudformation.engine as engine
import ministack.services.cloudformation.handlers as handlers
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.lambda_svc as functions
import ministack.services.ses_v2 as mail
import samtranslator.translator.transform as sam
from ministack.core import lambda_runtime as runtime
from ministack.core.responses import get_request_client_ip

from failures import Failures

made = provisioners._RESOURCE_HANDLERS
apis = {}  # id of the API by stack
unproven = []
failures = Failures()

STUBS = {
    "AWS::CodeDeploy::Application": "how a version takes over step by step",
    "AWS::CodeDeploy::DeploymentGroup": "how a version takes over step by step",
    "AWS::Budgets::Budget": "that a budget warns",
    "AWS::WAFv2::LoggingConfiguration": "that the firewall writes its log",
}


def gap(open_, unproven_text, why):
    """Ends the trial where the gap is closed; else notes what stays unproven."""
    if not open_:
        raise SystemExit(f"ministack can do it by now: {unproven_text}. Take the stand-in out of tools/trial/gaps.py")
    line = f"NOT PROVEN: {unproven_text} ({why})"
    if line not in unproven:
        unproven.append(line)


def fill():
    for kind, what in STUBS.items():
        gap(kind not in made, what, f"{kind} is only recorded")
        made[kind] = stub(kind)
    for fills in (record_groups, metric_math, bodies, parameters, secrets, identities, client_addresses, requests_in_flight):
        fills()
    failures.install()


def stub(kind):
    return {
        "create": lambda logical, props, stack: (f"{stack}-{logical}", {"Arn": f"arn:aws:stub:::{kind}/{stack}-{logical}", "MalwareProtectionPlanId": logical}),
        "update": lambda physical, old, new, stack: (physical, {"Arn": f"arn:aws:stub:::{kind}/{physical}"}),
        "delete": lambda physical, props: None,
    }


def record_groups():
    """AWS::Route53::RecordSetGroup is its records, each made by the emulator's own."""
    kind, one = "AWS::Route53::RecordSetGroup", made["AWS::Route53::RecordSet"]
    gap(kind not in made, "what Route 53 does with half a group of records", f"{kind} is made record by record")

    def each(props):
        return [{"HostedZoneId": props["HostedZoneId"], **record} for record in props["RecordSets"]]

    def create(logical, props, stack):
        for record in each(props):
            one["create"](logical, record, stack)
        return f"{stack}-{logical}", {}

    def delete(physical, props):
        for record in each(props):
            one["delete"](record["Name"], record)

    def update(physical, old, new, stack):
        delete(physical, old)
        return create(physical, new, stack)[0], {}
    made[kind] = {"create": create, "update": update, "delete": delete}


def metric_math():
    record = provisioners._cw_metric_alarm_record
    math = {"Metrics": [{"Id": "m", "Expression": "1"}], "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}
    gap(refused(lambda: record("probe", math)), "when alarms of computed metrics ring", "ministack has no metric math; they are recorded as plain alarms")

    def plain(name, props):
        if props.get("Metrics"):
            props = {"Statistic": "Sum", "Period": 60, **{k: v for k, v in props.items() if k != "Metrics"}, "MetricName": "math", "Namespace": "Trial"}
        return record(name, props)
    provisioners._cw_metric_alarm_record = plain


def refused(action):
    try:
        action()
    except ValueError:
        return True
    return False


METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method"}


def bodies():
    """Routes and integrations of the OpenAPI body, which is all that SAM writes of an HTTP API."""
    handler = made["AWS::ApiGatewayV2::Api"]
    create, update = handler["create"], handler["update"]
    route = {"x-amazon-apigateway-integration": {"uri": "arn", "payloadFormatVersion": "2.0"}}
    probe, _ = create("Probe", {"Body": {"paths": {"/": {"get": route}}}}, "probe")
    gap(not apigateway._routes[probe], "how API Gateway itself imports the OpenAPI body, and its throttles", "ministack ignores Body; gaps.py reads it")
    handler["delete"](probe, {})

    def created(logical, props, stack):
        physical, attributes = create(logical, props, stack)
        import_body(physical, props["Body"])
        apis[stack] = physical
        return physical, attributes

    def updated(physical, old, new, stack, logical=None):
        answer = update(physical, old, new, stack, logical)
        import_body(answer[0], new["Body"])
        apis[stack] = answer[0]
        return answer
    handler.update(create=created, update=updated)


def import_body(api, body):
    apigateway._routes[api], apigateway._integrations[api] = {}, {}
    switches = [s.get("x-amazon-apigateway-endpoint-configuration", {}).get("disableExecuteApiEndpoint") for s in body.get("servers", [])]
    apigateway._apis[api]["disableExecuteApiEndpoint"] = str(next((x for x in switches if x is not None), False)).lower() == "true"
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            to = operation["x-amazon-apigateway-integration"]
            _, integration = provisioners._apigw_v2_integration_create("", {
                "ApiId": api, "IntegrationType": "AWS_PROXY", "IntegrationUri": to["uri"], "PayloadFormatVersion": to["payloadFormatVersion"]}, "")
            key = "$default" if operation.get("isDefaultRoute") else ("ANY" if method.startswith("x-") else method.upper()) + " " + path
            provisioners._apigw_v2_route_create("", {"ApiId": api, "RouteKey": key, "Target": "integrations/" + integration["IntegrationId"]}, "")


def parameters():
    """SAM knows the values of parameters on AWS: a template that is right only without them must not look right here."""
    apply, transform = engine._apply_transforms, sam.transform
    gap("_sam_transform(copy.deepcopy(template), {}," in inspect.getsource(apply), "which version of SAM AWS runs this week",
        "its translator is the one of PyPI, which gets the parameters from gaps.py")
    values = []

    def applied(template, provided_params=None, previous_params=None):
        values.append(engine._transform_parameters(template, provided_params, previous_params))
        try:
            return apply(template, provided_params, previous_params)
        finally:
            values.pop()
    sam.transform = lambda template, _, *rest, **options: transform(template, copy.deepcopy(values[-1]), *rest, **options)
    engine._apply_transforms = changesets._apply_transforms = handlers._apply_transforms = applied


def secrets():
    """Ref of a secret is its ARN: what policies and functions name."""
    handler = made["AWS::SecretsManager::Secret"]
    create, update, delete = handler["create"], handler["update"], handler["delete"]
    name, attributes = create("Probe", {"SecretString": "x"}, "probe")
    gap(name != attributes["Arn"], "that AWS has no other name for a secret", "ministack's Ref of a secret is no ARN")
    delete(name, {})

    def named(arn):
        return arn.split(":secret:")[1].rsplit("-", 1)[0]

    def created(logical, props, stack):
        _, attributes = create(logical, without_punctuation(props), stack)
        return attributes["Arn"], attributes

    def updated(physical, old, new, stack, logical=None):
        _, attributes = update(named(physical), old, new, stack, logical)
        arn = attributes.get("Arn", physical)
        return arn, {**attributes, "Arn": arn, "Id": arn}
    handler.update(create=created, update=updated, delete=lambda physical, props: delete(named(physical), props))


def without_punctuation(props):
    """ministack knows ExcludeCharacters alone."""
    wanted = props.get("GenerateSecretString", {})
    if str(wanted.get("ExcludePunctuation")).lower() == "true":
        props = {**props, "GenerateSecretString": {**wanted, "ExcludeCharacters": wanted.get("ExcludeCharacters", "") + string.punctuation}}
    return props


def identities():
    handler = made["AWS::SES::EmailIdentity"]
    create = handler["create"]
    name, attributes = create("Probe", {"EmailIdentity": "probe.example"}, "probe")
    gap("DkimDNSTokenName1" not in attributes, "the DNS records of Easy DKIM, and that SES accepts a mail", "ministack makes no tokens")
    handler["delete"](name, {"EmailIdentity": "probe.example"})

    def created(logical, props, stack):
        name, attributes = create(logical, props, stack)
        mail._identities[name]["DkimAttributes"].update(SigningEnabled=True, Status="SUCCESS")  # as if the records were in DNS
        for n in "123":
            attributes = {**attributes, f"DkimDNSTokenName{n}": f"t{n}._domainkey.{name}", f"DkimDNSTokenValue{n}": f"t{n}.dkim.amazonses.com"}
        return name, attributes
    handler["create"] = created


def client_addresses():
    """The address of the client, which limits count by."""
    gap('"sourceIp": "127.0.0.1"' in inspect.getsource(apigateway._invoke_lambda_proxy), "that sourceIp is the client's address", "ministack always says 127.0.0.1")
    execute = functions._execute_function_with_config_scope

    def executed(record, event, *rest, **options):
        http = event.get("requestContext", {}).get("http") if isinstance(event, dict) else None
        if http:
            http["sourceIp"] = get_request_client_ip()
        return execute(record, event, *rest, **options)
    functions._execute_function_with_config_scope = executed


PATIENCE = 15  # seconds, more than any function has that people wait for


def requests_in_flight():
    """Lambda lets a request end that was there when the function changed."""
    gap("in_use" not in inspect.getsource(runtime.invalidate_worker), "that a request in flight survives a deployment", "ministack ends it; gaps.py lets it finish, as Lambda does")
    kill = runtime.kill_workers

    def when_free(worker):
        until = time.time() + PATIENCE
        while worker.in_use and time.time() < until:
            time.sleep(0.05)
        kill([worker])

    def gently(workers):
        workers = [w for w in workers if w is not None]
        kill([w for w in workers if not w.in_use])
        for busy in (w for w in workers if w.in_use):
            threading.Thread(target=when_free, args=(busy,), daemon=True).start()
    runtime.kill_workers = gently
