#!/usr/bin/env python3
"""Writes docs/errors.md, the table of problems, from openapi.yaml."""
# SPDX-License-Identifier: Apache-2.0
#
# Usage: generate_errors.py OPENAPI_YAML > docs/errors.md
import sys

from generate_operations import read_problems
from openapi_document import Fault, load

INTRODUCTION = """# Errors

Generated from `openapi.yaml` by `tools/generate_errors.py`; a test holds it to that.

Every error is `application/problem+json` (RFC 9457): `type` (`urn:yibaod:problem:` and the code), `title`, `status`, `detail`, `code` and
`request_id`. `code` is stable, so program against it and never against the texts. Texts are Chinese, or English when `Accept-Language`
prefers it. With `validation_failed`, `errors` names every faulty argument at once:

```json
{"pointer": "/query/limit", "code": "too_large", "detail": "The largest value is 100."}
```

`pointer` begins with `/path`, `/query`, `/header` or `/body`; a fault of the whole place has nothing after it.

## Problems

In order of precedence: where several would fit, the first is answered as a rule. *Retry* tells whether the very same request may succeed later.
"""
FAULTS = """
## Faults of one argument

| code | meaning |
| --- | --- |
| `required` | it is missing |
| `malformed` | not of the form that the contract describes: no number, no real date, no UTF-8, a cursor of another list, … |
| `too_short`, `too_long` | too few or too many characters, or items of a list |
| `too_small`, `too_large` | a number or instant outside its limits |
| `not_allowed` | none of the documented values, or not together with the others |
| `unknown` | there is no such argument, or nothing with this identifier |
| `duplicate` | it stands more than once |
| `truncated`, `damaged` | a document without its end, or whose structure cannot be followed |
| `trailing_bytes` | something else follows the end of a document |
| `polyglot` | another program would take a document for something else |
| `too_many_pixels` | a picture of more than 100,000,000 pixels |
"""


def main():
    try:
        problems = read_problems(load(sys.argv[1]))
    except (Fault, OSError, IndexError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(INTRODUCTION)
    print("| code | status | retry | what it says |\n| --- | --- | --- | --- |")
    for problem in problems:
        retry = "yes" if problem["retryable"] else "no"
        texts = " <br> ".join(f"**{problem['title_' + language]}** {problem['detail_' + language]}" for language in ("en", "zh"))
        print(f"| `{problem['code']}` | {problem['status']} | {retry} | {texts} |")
    print(FAULTS, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
