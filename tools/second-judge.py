#!/usr/bin/env python3
"""Has the templates judged by others than those who make them on this machine, and prints what each refused.

1. Schemas: cfn-lint, and cloudformation-validate of AWS, each with the schemas of the resource types that it ships, read them as
   CloudFormation would see them, once with the defaults and once with every option on. That a judge knows a type is shown by a property that
   the type has not: it must be refused.
2. Stacks: moto's CloudFormation makes them of the whole templates. What it has not made is compared with a list, so that the table stays true.

Runs in the Python of tools/install.sh judges. Ends with 1 where something does not hold.
"""
import copy
import glob
import io
import json
import logging
import os
import re
import sys
import warnings
import zipfile

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="ap-south-1", MOTO_CLOUDFORMATION_REUSE="0")

import boto3
import cfnlint.version
from cfnlint.api import ManualArgs, lint
from cloudformation_validate import RegoEngine, TemplateContent, version
from moto import mock_aws
from moto import __version__ as moto_version
from moto.cloudformation.parsing import resource_class_from_type

from cloudformation import Resolved, expanded

DEFAULTS = {}
OPTIONS = {
    "Environment": "prod", "PublicUrl": "https://central.example.com", "AlarmMail": "alarms@example.com", "MonthlyBudgetUsd": "100", "HostedZoneId": "Z0000000000000",
    "MailDomain": "example.com", "MalwareScan": "on", "Edge": "on", "EdgeDomain": "d111111abcdef8.cloudfront.net", "ReserveConcurrency": "yes",
    "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/bound", "UsersTableName": "restored", "EventSubscribers": "123456789012,210987654321",
}
EDGE = {"PublicHost": "central.example.com", "ApiDomainTarget": "d-abcdef0123.execute-api.ap-south-1.amazonaws.com", "EdgeSecret": "x" * 64}
EDGE_OPTIONS = {**EDGE, "HostedZoneId": "Z0000000000000"}
EDGE_DEFAULTS = {**EDGE, "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"}
CASES = {
    "template.yaml": ("ap-south-1", {"the defaults": DEFAULTS, "every option": OPTIONS}), "any other": ("ap-south-1", {"every option": OPTIONS}),
    "edge.yaml": ("us-east-1", {"a certificate": EDGE_DEFAULTS, "a zone": EDGE_OPTIONS}),
}


def templates():
    for file in sorted(glob.glob("*.yaml")):
        with open(file, encoding="utf-8") as text:
            if text.read().startswith("AWSTemplateFormatVersion"):
                yield file


def cfn_lint(template, region):
    """Logical id and words of each refusal."""
    for found in lint(json.dumps(template), config=ManualArgs(regions=[region])):
        if found.rule.severity == "error":
            yield str(found.path[1]) if len(found.path) > 1 else "", f"{found.rule.id} {found.message}"


ENGINE = RegoEngine()


def of_aws(template, _region):
    for found in ENGINE.validate_template(TemplateContent(json.dumps(template), "template.json")).diagnostics:
        if found.severity.name in ("ERROR", "FATAL"):
            yield found.entity.logical_id if found.entity else "", f"{found.rule_id} {found.message}"


JUDGES = {f"cfn-lint {cfnlint.version.__version__}": cfn_lint, f"cloudformation-validate {version()}": of_aws}


def known(judge, template, region):
    """Types of which the judge refuses a property that does not exist."""
    spoiled = copy.deepcopy(template)
    first = {}
    for name, resource in spoiled["Resources"].items():
        if first.setdefault(resource["Type"], name) == name:
            resource.setdefault("Properties", {})["ThereIsNoSuchThing"] = "x"
    refused = {name for name, _ in judge(spoiled, region)}
    return {kind for kind, name in first.items() if name in refused}


def schemas():
    bad = False
    for file in templates():
        region, cases = CASES.get(file, CASES["any other"])
        whole, held = expanded(file), set()
        for case, parameters in cases.items():
            of = Resolved(whole, {name: value for name, value in parameters.items() if name in whole["Parameters"]})
            held |= of.holding
            kinds = {r["Type"] for r in of.template["Resources"].values()}
            for name, judge in JUDGES.items():
                refused, types = list(judge(of.template, region)), known(judge, of.template, region)
                print(f"  {file:14} {case:13} {region:10} {name:30} {len(of.template['Resources']):9} {len(types):2} of {len(kinds):2} {len(refused):7}")
                for id, words in refused:
                    print(f"    refused: {id}: {words}")
                for kind in sorted(kinds - types):
                    print(f"    not known to it: {kind}")
                bad = bad or refused or not types
        if never := set(whole.get("Conditions", {})) - held:
            print(f"    never tried, name the option: {', '.join(sorted(never))}")
            bad = True
    return bad


# What moto's CloudFormation does not make; no more, and no less.
NOT_IN_MOTO = """
    ApiGatewayV2::Api ApiGatewayV2::ApiMapping ApiGatewayV2::DomainName ApiGatewayV2::Stage Budgets::Budget CertificateManager::Certificate
    CloudFront::Distribution CloudFront::OriginRequestPolicy CloudFront::ResponseHeadersPolicy CloudWatch::Alarm GuardDuty::MalwareProtectionPlan Lambda::EventInvokeConfig Logs::MetricFilter S3::BucketPolicy
    SES::ConfigurationSet SES::ConfigurationSetEventDestination SES::EmailIdentity SNS::Subscription SNS::TopicPolicy SecretsManager::Secret
    WAFv2::LoggingConfiguration WAFv2::WebACL""".split()


def code_bucket():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="code-as-uploaded", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("bootstrap", "")
    s3.put_object(Bucket="code-as-uploaded", Key="key", Body=archive.getvalue())


def named(node, left):
    """With what left has in the place of references to what is left out."""
    if isinstance(node, list):
        return [named(item, left) for item in node]
    if isinstance(node, str):
        return re.sub(r"\$\{(\w+)[.\w]*\}", lambda found: left.get(found[1], found[0]), node)
    if not isinstance(node, dict):
        return node
    if "Ref" in node and node["Ref"] in left:
        return left[node["Ref"]]
    if "Fn::GetAtt" in node and node["Fn::GetAtt"][0] in left:
        return left[node["Fn::GetAtt"][0]]
    return {k: named(v, left) for k, v in node.items() if k != "DependsOn"}


def stack(file, case, parameters):
    """Makes a stack of what moto knows. Returns the types that it does not know, and whether all others were made."""
    whole = expanded(file)
    parameters = {name: value for name, value in parameters.items() if name in whole["Parameters"]}
    wanted = Resolved(whole, parameters).template
    arn = "arn:aws:secretsmanager:ap-south-1:123456789012:secret:"  # moto reads policies, and knows an ARN
    left = {name: (arn if r["Type"] == "AWS::SecretsManager::Secret" else "") + name
            for name, r in whole["Resources"].items() if resource_class_from_type(r["Type"]) is None}
    part = named(whole, left)
    part["Resources"] = {name: r for name, r in part["Resources"].items() if name not in left}
    with mock_aws(config={"lambda": {"use_docker": False}}):
        code_bucket()
        if "HostedZoneId" in parameters:
            zone = boto3.client("route53").create_hosted_zone(Name="example.com", CallerReference="zone")["HostedZone"]["Id"]
            parameters = {**parameters, "HostedZoneId": zone.removeprefix("/hostedzone/")}
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName="central", TemplateBody=json.dumps(part), Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()])
        made = cloudformation.describe_stacks(StackName="central")["Stacks"][0]
        names = {r["LogicalResourceId"] for r in cloudformation.list_stack_resources(StackName="central")["StackResourceSummaries"]}
    outputs = {o["OutputKey"] for o in made.get("Outputs", []) if o["OutputValue"]}
    print(f"  {file:14} {case:13} {made['StackStatus']}: {len(names)} of {len(wanted['Resources'])} resources, {len(outputs)} of {len(wanted['Outputs'])} outputs")
    refused = sorted((wanted["Resources"].keys() - names - left.keys()) | (wanted["Outputs"].keys() - outputs))
    for name in refused:
        print(f"    refused: {name}")
    return {whole["Resources"][name]["Type"].removeprefix("AWS::") for name in left}, made["StackStatus"] == "CREATE_COMPLETE" and not refused


def stacks():
    unknown, bad = set(), False
    for file in templates():
        for case, parameters in CASES.get(file, CASES["any other"])[1].items():
            types, good = stack(file, case, parameters)
            unknown |= types
            bad = bad or not good
    print(f"  not made, as moto does not know them: {', '.join(sorted(unknown))}")
    if changed := unknown ^ set(NOT_IN_MOTO):
        print(f"  NOT_IN_MOTO has to change by {', '.join(sorted(changed))}")
    return bad or changed


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.getLogger("moto").setLevel(logging.ERROR)
    print(f"  {'':28} {'schemas of':10} {'judge':30} resources types known refused")
    wrong = schemas()
    print(f"\n  stacks of moto {moto_version}")
    wrong = stacks() or wrong
    sys.exit(1 if wrong else 0)
