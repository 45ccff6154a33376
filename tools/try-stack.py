#!/usr/bin/env python3
"""Tries template.yaml on moto's CloudFormation: as much of a deployment as can be had without an account.

1. A change set with the defaults alone, and one with every option on: parameters, conditions and references hold.
2. A stack is made, of what moto can make, and its outputs are looked at. What moto does not know is listed, and is proven by
   nothing here: cfn-lint has looked at its properties.

Runs in the Python of tools/install.sh moto. Ends with 1 where something does not hold.
"""
import contextlib
import copy
import io
import json
import os
import sys
import warnings
import zipfile

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="ap-south-1", MOTO_CLOUDFORMATION_REUSE="0")

import boto3
from moto import mock_aws
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

OPTIONS = {
    "Environment": "prod", "AlarmMail": "alarms@example.com", "MonthlyBudgetUsd": "100", "HostedZoneId": "Z0000000000000", "MailDomain": "example.com",
    "MalwareScan": "on", "Edge": "on", "ReserveConcurrency": "yes", "Rollout": "Canary10Percent5Minutes", "PublicUrl": "https://central.example.com",
}
# What moto cannot make, or makes wrong; and what hangs on it.
UNKNOWN = {
    "AWS::Lambda::Version": "moto wants the function's name, and gets its reference", "AWS::Lambda::Alias": "needs a version",
    "AWS::CodeDeploy::DeploymentGroup": "needs an alias", "AWS::SES::ConfigurationSetEventDestination": "not in moto", "AWS::Logs::MetricFilter": "not in moto",
    "AWS::CloudWatch::Dashboard": "not in moto", "AWS::S3::BucketPolicy": "not in moto", "AWS::Lambda::EventInvokeConfig": "not in moto",
}


def transformed(template):
    """What SAM makes of it, with code that lies where sam deploy would have put it."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://code-as-uploaded/key"
    with contextlib.redirect_stderr(io.StringIO()):
        return Translator({}, Parser(), None, boto3.Session()).translate(template, {})


def code_bucket():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="code-as-uploaded", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("bootstrap", "")
    s3.put_object(Bucket="code-as-uploaded", Key="key", Body=archive.getvalue())


def change_set(body, parameters):
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_change_set(
        StackName="central", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()])
    found = cloudformation.describe_change_set(StackName="central", ChangeSetName="first")
    if found["Status"] != "CREATE_COMPLETE":
        sys.exit(f"the change set is {found['Status']}: {found.get('StatusReason')}")
    return {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]["ResourceType"] for change in found["Changes"]}


def main():
    with open("template.yaml", encoding="utf-8") as file:
        template = yaml_parse(file.read())
    whole = transformed(template)
    for name, parameters in {"with the defaults": {}, "with every option": OPTIONS}.items():
        with mock_aws(config={"lambda": {"use_docker": False}}):
            code_bucket()
            print(f"a change set {name}: {len(change_set(whole, parameters))} resources")

    # Without versions and aliases: what SAM makes of AutoPublishAlias.
    del template["Globals"]["Function"]["AutoPublishAlias"], template["Globals"]["Function"]["DeploymentPreference"]
    part = transformed(template)
    left = {id: r["Type"] for id, r in part["Resources"].items() if r["Type"] in UNKNOWN}
    for id in left:
        del part["Resources"][id]
    part["Outputs"] = {name: output for name, output in part["Outputs"].items() if not any(f'"{id}"' in json.dumps(output) for id in left)}
    with mock_aws(config={"lambda": {"use_docker": False}}):
        code_bucket()
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName="central", TemplateBody=json.dumps(part), Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": "AlarmMail", "ParameterValue": "alarms@example.com"}])
        stack = cloudformation.describe_stacks(StackName="central")["Stacks"][0]
        made = {r["LogicalResourceId"] for r in cloudformation.list_stack_resources(StackName="central")["StackResourceSummaries"]}
        outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    wanted = {id: r for id, r in part["Resources"].items() if "Condition" not in r}
    print(f"a stack without what moto does not know: {stack['StackStatus']}, {len(made)} resources, {len(outputs)} outputs")
    unmade = sorted(f"{id} ({r['Type']})" for id, r in wanted.items() if id not in made)
    for line in unmade:
        print(f"  not made: {line}")
    types = sorted(set(UNKNOWN) & {r["Type"] for r in whole["Resources"].values()})
    for kind in types:
        print(f"  not tried: {kind}: {UNKNOWN[kind]}")
    empty = [name for name, value in outputs.items() if not value]
    if stack["StackStatus"] != "CREATE_COMPLETE" or empty or len(outputs) < 7 or len(made) < 60:
        sys.exit(f"{stack['StackStatus']}, {len(made)} resources, outputs without a value: {empty}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
