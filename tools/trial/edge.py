"""CloudFront and the firewall are put before production and taken away again, while people sign up."""
import json
import threading
import time

import failing
from person import Person
from sam import ROOT, Failed

STACK, EDGE = failing.STACK, failing.STACK + "-edge"
REGION = "us-east-1"  # where CloudFront's certificates and firewalls live
TTL = 6  # seconds; 60 on AWS: the trial waits as docs/deploy.md says, and not that long


class Probe:
    """Signs up somebody new every two seconds, with a resolver that keeps what it knows."""

    def __init__(self, world):
        self.world, self.ended, self.tried, self.failed = world, threading.Event(), 0, []
        self.internet = world.network(TTL)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(40)
        self.internet.close()

    def run(self):
        while not self.ended.wait(2):
            self.tried += 1
            try:
                Person(self.world, STACK, internet=self.internet).sign_up()
            except (Failed, OSError) as e:
                self.failed.append(f"{time.strftime('%H:%M:%S')} {e}")


def secret(world):
    arn = world.cloud.outputs(STACK)["EdgeSecretArn"]
    return json.loads(world.cloud.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])["current"]


def deploy(world):
    overrides = {"PublicHost": failing.HOST, "ApiDomainTarget": world.cloud.outputs(STACK)["DomainTarget"], "EdgeSecret": secret(world), "HostedZoneId": world.account.zone()}
    world.cloud.run("deploy-edge", [str(ROOT / ".local/tools/aws-cli/bin/aws"), "cloudformation", "deploy", "--region", REGION, "--stack-name", EDGE, "--template-file",
                                    str(world.sources / "edge.yaml"), "--parameter-overrides", *(f"{k}={v}" for k, v in overrides.items())])
    stack = world.cloud.stack(EDGE, REGION)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise Failed(stack["StackStatus"])
    return f"{len(world.cloud.resources(EDGE, REGION))} resources; {world.cloud.outputs(EDGE, REGION)['DistributionDomain']}"


def put_up(world, template):
    """docs/deploy.md, "With a firewall in front"."""
    domain = world.cloud.outputs(EDGE, REGION)["DistributionDomain"]
    with Probe(world) as probe:
        world.cloud.deploy(STACK, {**failing.options(world), "Edge": "open", "EdgeDomain": domain}, template)
        time.sleep(TTL + 1)
        world.cloud.update(STACK, {"Edge": "on"})
        time.sleep(3)
    return verdict(world, probe, around=403)


def take_down(world):
    with Probe(world) as probe:
        world.cloud.update(STACK, {"Edge": "open"})
        world.cloud.update(STACK, {"EdgeDomain": ""})
        time.sleep(TTL + 1)
        world.cloud.delete(EDGE, REGION)
        world.cloud.update(STACK, {"Edge": "off"})
        time.sleep(3)
    return verdict(world, probe, around=200)


def verdict(world, probe, around):
    if probe.failed or probe.tried < 5:
        raise Failed(f"{len(probe.failed)} of {probe.tried} sign-ups failed: {'; '.join(probe.failed[:2])}")
    through = world.call(STACK, "GET", "/v1/health")[0]
    straight = world.around(failing.HOST, "/v1/health")
    if (through, straight) != (200, around):
        raise Failed(f"/v1/health by DNS is {through} and straight at the API {straight}, not 200 and {around}")
    return f"{probe.tried} people signed up meanwhile, none was locked out; around the edge {straight}"


def steps(world, report, template):
    up, on = "edge.yaml is deployed", "the edge is switched on"
    report.step(up, lambda: deploy(world), ["deployed again, every option on"])
    report.step(on, lambda: put_up(world, template), [up])
    report.step("the edge is switched off", lambda: take_down(world), [on])
