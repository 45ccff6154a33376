#!/usr/bin/env python3
"""Writes the CloudFormation template that SAM makes of a SAM template, as JSON, to standard output.

cfn-lint sees into a function only there: in the SAM template it follows no reference of a function's environment or policies,
and misses circles that SAM makes of an event. Runs in the Python of tools/install.sh sam; needs no AWS account.
"""
import json
import sys

from cloudformation import expanded

json.dump(expanded(sys.argv[1]), sys.stdout, indent=1)
