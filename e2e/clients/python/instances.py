"""Imports every module of the generated client and makes every model from the values of instances.json, and back."""
import importlib
import json
import pkgutil
import sys
from pathlib import Path

import attrs

import central_client
from central_client import api, models
from central_client.client import Client


def modules(package):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(found.name)


def pascal(name):
    return name[0].upper() + name[1:]


def model(value):
    """The class of a value, by the names that the generator gives."""
    name = value["Component"] or pascal(value["Operation"]) + ("Response" + value["Status"] if value["Status"] else "Body")
    return getattr(models, name, None) or getattr(models, name + "_", None)


def seen(value, found):
    """Collects the classes of a value and of all that is in it."""
    if isinstance(value, (list, dict)):
        for member in value.values() if isinstance(value, dict) else value:
            seen(member, found)
    elif type(value).__module__.startswith(models.__name__):
        found.add(type(value).__name__)
        if attrs.has(type(value)):
            seen(attrs.asdict(value, recurse=False), found)
    return found


def main():
    imported = list(modules(central_client))
    every = set(models.__all__)
    made, wrong = set(), []
    for value in json.loads(Path("instances.json").read_text(encoding="utf-8")):
        given, kind = json.loads(value["Value"]), model(value)
        if kind is None:  # a union: its kinds are tried by their own names; or an answer that is a component
            continue
        one = kind.from_dict(given) if attrs.has(kind) else kind(given)
        back = one.to_dict() if attrs.has(kind) else one.value
        if json.dumps(back, sort_keys=True) != json.dumps(given, sort_keys=True) and json.dumps(back, sort_keys=True).replace("+00:00", "Z") != json.dumps(given, sort_keys=True):
            wrong.append(f"{kind.__name__}: {given} became {back}")
        seen(one, made)
    wrong += [f"{name} was never made" for name in sorted(every - made)]
    print(f"{len(imported)} modules, {len(made)} models, {len(list(modules(api)))} of operations, client {Client.__name__}")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
