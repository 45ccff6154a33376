#!/usr/bin/env python3
"""Writes the CloudFormation template that SAM makes of a SAM template, as JSON, to standard output.

cfn-lint sees into a function only there: in the SAM template it follows no reference of a function's environment or policies,
and misses circles that SAM makes of an event. Runs in the Python of tools/install.sh sam; needs no AWS account.
"""
import json
import sys

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file.read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://code-as-uploaded/key"  # sam deploy puts the real one here
session = boto3.Session(region_name="ap-south-1")
json.dump(Translator({}, Parser(), None, session).translate(template, {}), sys.stdout, indent=1)
