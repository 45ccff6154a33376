"""The deployer: SAM CLI as people call it, and boto3 for what they would look up."""
import os
import platform
import re
import subprocess
import time
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[2]
REGION = "ap-south-1"


class Failed(Exception):
    """A step did not do what it has to."""


class Deployment:
    def __init__(self, said, code):
        self.said, self.code = said, code

    @property
    def unchanged(self):
        return self.code == 0 and "No changes to deploy" in self.said


class Cloud:
    """The account that the trial deploys to."""

    def __init__(self, work, endpoint, certificate):
        self.work, self.endpoint, self.certificate, self.logs = work, endpoint, certificate, 0
        settings = work / "samconfig.toml"
        settings.write_text("version = 0.1\n", encoding="utf-8")
        self.settings = str(settings)  # not those of the project: all that counts is said here
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")}, "AWS_ENDPOINT_URL": endpoint, "AWS_CA_BUNDLE": certificate,
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0", "SSL_CERT_FILE": certificate, "CURL_CA_BUNDLE": certificate, "REQUESTS_CA_BUNDLE": certificate,
        }

    def client(self, service, region=REGION):
        return boto3.client(service, region_name=region, endpoint_url=self.endpoint, verify=self.certificate, aws_access_key_id="test", aws_secret_access_key="test")

    def run(self, name, command, timeout=300, check=True, **options):
        """Runs a program in the account's environment; what it says goes to a log of its own."""
        self.logs += 1
        log = self.work / f"{self.logs:02d}-{name}.log"
        environment = {**self.environment, **options.pop("environment", {})}
        with open(log, "w+", encoding="utf-8") as out:
            try:
                done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=environment, timeout=timeout,
                                      cwd=options.pop("cwd", ROOT), check=False, **options)
            except subprocess.TimeoutExpired as e:
                raise Failed(f"{name} took more than {timeout} s; see {log}") from e
            out.seek(0)
            said = out.read()
        if check and done.returncode:
            raise Failed(f"{name} ended with {done.returncode}: {last_words(said)} (all of it: {log.relative_to(ROOT)})")
        return Deployment(said, done.returncode)

    def deploy(self, stack, parameters, template, check=True, force=False):
        command = [sam(), "deploy", "--template-file", str(template), "--stack-name", stack, "--region", REGION, "--resolve-s3", "--capabilities", "CAPABILITY_IAM",
                   "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar", "--config-file", self.settings]
        if force:
            command.append("--force-upload")
        if parameters:
            command += ["--parameter-overrides", *(f"{name}={value}" if value else f'{name}=""' for name, value in parameters.items())]
        return self.run(f"deploy-{stack}", command, check=check, environment={"SAM_CLI_POLL_DELAY": "1"})

    def stack(self, name, region=REGION):
        try:
            return self.client("cloudformation", region).describe_stacks(StackName=name)["Stacks"][0]
        except ClientError:
            return {"StackStatus": "absent", "Outputs": []}

    def outputs(self, name, region=REGION):
        return {o["OutputKey"]: o["OutputValue"] for o in self.stack(name, region).get("Outputs", [])}

    def resources(self, name, region=REGION):
        pages = self.client("cloudformation", region).get_paginator("list_stack_resources").paginate(StackName=name)
        return {r["LogicalResourceId"]: r for page in pages for r in page["StackResourceSummaries"]}

    def events(self, stack, region=REGION):
        """Newest first; stack may be the id of one that is deleted."""
        pages = self.client("cloudformation", region).get_paginator("describe_stack_events").paginate(StackName=stack)
        return [e for page in pages for e in page["StackEvents"]]

    def delete(self, name, region=REGION, patience=60):
        """Deletes the stack and returns what CloudFormation left behind: logical id -> (type, physical id)."""
        identity = self.stack(name, region)["StackId"]
        before = time.time()
        self.client("cloudformation", region).delete_stack(StackName=name)
        while (status := self.stack(identity, region)["StackStatus"]) == "DELETE_IN_PROGRESS" and time.time() - before < patience:
            time.sleep(0.5)
        if status not in ("DELETE_COMPLETE", "absent"):
            raise Failed(f"{name} is {status} after its deletion")
        return {e["LogicalResourceId"]: (e["ResourceType"], e.get("PhysicalResourceId", "")) for e in self.events(identity, region)
                if e["ResourceStatus"] == "DELETE_SKIPPED"}


def last_words(said):
    lines = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", said).strip().splitlines() if line.strip()]
    return " | ".join(lines[-4:])[-700:]


def sam():
    return str(ROOT / ".local/tools/sam/bin/sam")


def architecture():
    return {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def build(cloud, sources, work):
    """Builds for this machine, which runs the functions itself, and returns the built template."""
    here = architecture()
    template = (sources / "template.yaml").read_text(encoding="utf-8").replace("Architectures: [arm64]", f"Architectures: [{here}]")
    work.mkdir(parents=True, exist_ok=True)
    (work / "template.yaml").write_text(template, encoding="utf-8")
    cloud.run(f"build-{work.name}", [sam(), "build", "--template-file", str(work / "template.yaml"), "--base-dir", str(sources), "--build-dir", str(work / "build"),
                                     "--build-in-source", "--parallel", "--config-file", cloud.settings],
              cwd=sources, timeout=600, environment={"ARCH": here.replace("x86_64", "amd64")})
    return work / "build" / "template.yaml"
