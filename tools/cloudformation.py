"""Reads a template as CloudFormation would see it: what SAM makes of it, and what is left of its conditions for certain parameters."""
import contextlib
import io

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


def expanded(file):
    """What SAM makes of it, with code that lies where sam deploy would have put it."""
    with open(file, encoding="utf-8") as text:
        template = yaml_parse(text.read())
    if "Transform" not in template:
        return template
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://code-as-uploaded/key"
    with contextlib.redirect_stderr(io.StringIO()):
        return Translator({}, Parser(), None, boto3.Session(region_name="ap-south-1")).translate(template, {})


class Resolved:
    """A template without conditions: as it is for these parameters."""

    def __init__(self, template, parameters):
        self.values = {**{name: p["Default"] for name, p in template["Parameters"].items() if "Default" in p}, **parameters}
        self.tests = template.get("Conditions", {})
        self.holding = {name for name in self.tests if self.holds({"Condition": name})}
        whole = {k: v for k, v in template.items() if k not in ("Conditions", "Rules")}
        for section in ("Resources", "Outputs"):
            whole[section] = {name: {k: v for k, v in one.items() if k != "Condition"} for name, one in template.get(section, {}).items()
                              if one.get("Condition") in (None, *self.holding)}
        self.template = {k: self.plain(v) if k in ("Resources", "Outputs") else v for k, v in whole.items()}

    def holds(self, test):
        (name, of), = test.items()
        match name:
            case "Condition":
                return self.holds(self.tests[of])
            case "Fn::Equals":
                return str(self.plain(of[0])) == str(self.plain(of[1]))
            case "Fn::Not":
                return not self.holds(of[0])
            case "Fn::And":
                return all(map(self.holds, of))
            case "Fn::Or":
                return any(map(self.holds, of))

    def plain(self, node):
        if isinstance(node, list):
            return [item for item in map(self.plain, node) if item != {"Ref": "AWS::NoValue"}]
        if not isinstance(node, dict):
            return node
        if list(node) == ["Fn::If"]:
            name, yes, no = node["Fn::If"]
            return self.plain(yes if name in self.holding else no)
        if list(node) == ["Ref"] and node["Ref"] in self.values:
            return self.values[node["Ref"]]
        if list(node) == ["Fn::Sub"] and isinstance(node["Fn::Sub"], str):
            text = node["Fn::Sub"]
            for name, value in self.values.items():
                text = text.replace("${" + name + "}", str(value))
            return {"Fn::Sub": text} if "${" in text else text
        members = {k: self.plain(v) for k, v in node.items()}
        return {k: v for k, v in members.items() if v != {"Ref": "AWS::NoValue"}}
