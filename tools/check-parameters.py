#!/usr/bin/env python3
"""Refuses to deploy an environment that would send people what the template has for an example: DLT ids that no operator knows, and the
domain example.com in links and mails.

sam deploy sends the parameters that samconfig.toml has for the environment, leaves the others of a running stack as they are, and gives
a new stack the template's defaults. Asks CloudFormation by the AWS CLI.

Usage: tools/check-parameters.py environment
"""
import json
import re
import shlex
import subprocess
import sys
import tomllib

EXAMPLES = ("SmsEntityId", "SmsTemplateId", "PublicUrl", "MailFrom")


def defaults():
    with open("template.yaml", encoding="utf-8") as file:
        text = file.read()
    found = {name: re.search(rf'^  {name}:\n(?:    .*\n)*?    Default: "?([^"\n]+)', text, re.MULTILINE) for name in EXAMPLES}
    return {name: match[1] if match else sys.exit(f"template.yaml has no example of {name}") for name, match in found.items()}


def configured(environment):
    """The stack's name and region, and its parameters in samconfig.toml."""
    with open("samconfig.toml", "rb") as file:
        config = tomllib.load(file).get(environment) or sys.exit(f"samconfig.toml has no environment {environment}")
    options = {**config["global"]["parameters"], **config["deploy"]["parameters"]}
    overrides = options.get("parameter_overrides", "")
    words = shlex.split(overrides) if isinstance(overrides, str) else overrides
    return options["stack_name"], options["region"], dict(word.split("=", 1) for word in words)


def running(stack, region):
    asked = subprocess.run(["aws", "cloudformation", "describe-stacks", "--stack-name", stack, "--region", region, "--output", "json"],
                           capture_output=True, text=True)
    if asked.returncode != 0 and "does not exist" in asked.stderr:
        return {}
    if asked.returncode != 0:
        sys.exit(f"CloudFormation does not say how {stack} runs: {asked.stderr.strip()}")
    return {p["ParameterKey"]: p["ParameterValue"] for p in json.loads(asked.stdout)["Stacks"][0].get("Parameters", [])}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    examples = defaults()
    stack, region, named = configured(sys.argv[1])
    will_be = {**examples, **running(stack, region), **named}
    wrong = [name for name, example in examples.items() if will_be[name] == example]
    if wrong:
        sys.exit("\n".join([*(f"{stack}: {name} would be {examples[name]}, the template's example." for name in wrong),
                            f"Deploy by hand once (docs/deploy.md), or name them under [{sys.argv[1]}.deploy.parameters] in samconfig.toml and commit that."]))
    print(f"{stack}: {', '.join(EXAMPLES)} are its own")


if __name__ == "__main__":
    main()
