"""The places that have no switch of tools/mutate, as constants. Changes each of them in turn, as gremlins would, and runs the tests of the package:
mutate-rest.py <package> <output of tools/mutate>, in the folder of the module."""
import re
import subprocess
import sys

NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MOVED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
COUNTED = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*"}
CHANGES = {"CONDITIONALS_NEGATION": NEGATED, "CONDITIONALS_BOUNDARY": MOVED, "ARITHMETIC_BASE": COUNTED}

package, log = sys.argv[1:]


def works(*command):
    return subprocess.run(["go", *command, f"./{package}/..."], capture_output=True).returncode == 0


killed = lived = 0
for kind, name, line, column in re.findall(r"NOT COVERED (\w+) at (\S+):(\d+):(\d+)", open(log).read()):
    path = f"{package}/{name}"
    source = open(path, "rb").read()
    lines = source.split(b"\n")
    text, at = lines[int(line) - 1], int(column) - 1
    operator = next(o for o in sorted(CHANGES[kind], key=len, reverse=True) if text[at:].startswith(o.encode()))
    lines[int(line) - 1] = text[:at] + CHANGES[kind][operator].encode() + text[at + len(operator):]
    open(path, "wb").write(b"\n".join(lines))
    try:
        if not works("build"):
            continue
        noticed = not works("test", "-timeout=60s")
    finally:
        open(path, "wb").write(source)
    killed, lived = killed + noticed, lived + (not noticed)
    if not noticed:
        print(f"       LIVED {kind} at {name}:{line}:{column}: {text.decode().strip()}")
print(f"One by one: {killed} killed, {lived} lived")
