"""What IAM decided, and what the functions may do and did not."""
import collections
import json

from sam import Failed


def read(world):
    if not world.decisions.exists():
        return []
    return [json.loads(line) for line in world.decisions.read_text(encoding="utf-8").splitlines()]


def counts(found):
    return collections.Counter(d["action"] for d in found if d["allowed"])


def none_denied(world):
    found = read(world)
    denied = [d for d in found if not d["allowed"]]
    if denied:
        kinds = collections.Counter(f"{d['role']} {d['action']} on {d['resource']}" for d in denied)
        raise Failed(f"{len(denied)} DENY: " + "; ".join(f"{n} x {what}" for what, n in kinds.most_common(4)))
    if len(found) < 100:
        raise Failed(f"only {len(found)} decisions were made: IAM was not asked")
    return f"{len(found)} decisions, 0 DENY: " + ", ".join(f"{action} {n}" for action, n in sorted(counts(found).items()))


def unused(world, stack):
    """What the roles of the functions are allowed and no call has used, by role."""
    iam, used = world.cloud.client("iam"), collections.defaultdict(set)
    for d in read(world):
        used[d["role"]].add(d["action"])
    for id, resource in sorted(world.cloud.resources(stack).items()):
        name = resource["PhysicalResourceId"]
        if resource["ResourceType"] != "AWS::IAM::Role" or not id.endswith("FunctionRole"):
            continue
        granted = set()
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            for statement in as_list(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"]):
                granted |= set(as_list(statement.get("Action", []))) if statement["Effect"] == "Allow" else set()
        if left := sorted(granted - used[name]):
            yield f"{id.removesuffix('FunctionRole').lower()}: {', '.join(left)}"


def as_list(value):
    return value if isinstance(value, list) else [value]
