#!/usr/bin/env python3
"""Writes docker/haproxy/problems.map, the texts of the proxy's own errors, from openapi.yaml."""
# SPDX-License-Identifier: Apache-2.0
#
# Usage: generate_proxy_problems.py OPENAPI_YAML > docker/haproxy/problems.map
import json
import sys

from openapi_document import load

INTRODUCTION = """# What HAProxy says of its own errors: code and language, then members of the problem. A language not known is Chinese.
# Generated from openapi.yaml by tools/generate_proxy_problems.py; a test holds it to that.
# SPDX-License-Identifier: Apache-2.0
"""
CODES = {
    "malformed_request", "not_found", "request_timeout", "body_too_large", "headers_too_large", "rate_limited",
    "internal_error", "not_implemented", "overloaded", "deadline_exceeded", "outcome_unknown",
}  # fmt: skip


def members(problem, language):
    """As they stand between the braces of a JSON object."""
    texts = {
        "type": f"urn:yibaod:problem:{problem['code']}",
        "title": problem[f"title_{language}"],
        "status": problem["status"],
        "detail": problem[f"detail_{language}"],
        "code": problem["code"],
    }
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))[1:-1]


def main():
    problems = {problem["code"]: problem for problem in load(sys.argv[1])["x-problems"]}
    print(INTRODUCTION, end="")
    for code in sorted(CODES):
        print(f"{code}. {members(problems[code], 'zh')}")
        print(f"{code}.en {members(problems[code], 'en')}")


if __name__ == "__main__":
    main()
