"""Every example of openapi.yaml really runs against the demo data, as curl would send it, and answers as documented."""
# SPDX-License-Identifier: Apache-2.0
import base64
import datetime
import functools
import json
import re
import shlex
import subprocess

import pytest
from tests.harness.operations import DOCUMENT, OPERATIONS, examples
from tests.harness.sms import code_of

kept = {
    name: (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).isoformat()
    for name, days in (("in_1_day", 1), ("in_30_days", 30))
}
clients = {}
marks = [0]  # how many text messages there were before the latest request that asked for one


def principal_of(demo, new_token, words):
    kind, _, rest = words.partition(":")
    return {
        "none": lambda: None,
        "admin": lambda: demo.admin,
        "citizen": lambda: demo.citizen(rest),
        "staff": lambda: demo.staff(rest),
        "provider": lambda: demo.provider(rest),
        "client": lambda: client_of_kind(new_token, rest),
    }[kind]()


def client_of_kind(new_token, kind):
    """One for all examples."""
    if kind not in clients:
        clients[kind] = new_token("client", client_kind=kind)
    return clients[kind]


def fill(value, principal, demo, sms):
    def replace(match):
        source, _, field = match[1].partition(".")
        if source.startswith("demo:"):
            return str(getattr(demo.citizen(source.removeprefix("demo:")), field))
        if source.startswith("sms:"):
            return code_of(sms.wait(demo.citizen(source.removeprefix("sms:")).phone, since=marks[-1]))
        return str(getattr(principal, field) if source == "citizen" else kept[source])

    if isinstance(value, dict):
        return {name: fill(item, principal, demo, sms) for name, item in value.items()}
    if isinstance(value, list):
        return [fill(item, principal, demo, sms) for item in value]
    return re.sub(r"\$\{([^}]+)\}", replace, value) if isinstance(value, str) else value


EXAMPLES = list(examples())


def test_every_operation_has_one():
    assert {operation.name for operation, _ in EXAMPLES} == {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=[f"{n}-{o}" for n, (o, _) in enumerate(EXAMPLES)])
def test_example(api, demo, new_token, sms, operation, example):
    principal = principal_of(demo, new_token, example["principal"])
    body = {"json": fill(example["body"], principal, demo, sms)} if "body" in example else {}
    if example.get("status") == 202:
        marks.append(sms.mark())
    if "csv" in example:
        body = {"content": example["csv"].encode()}
        example = {**example, "headers": {**example.get("headers", {}), "Content-Type": "text/csv"}}
    if "base64" in example:
        body = {"content": base64.b64decode(example["base64"])}
    response = api.request(
        operation.method,
        operation.path.format(**fill(example.get("path", {}), principal, demo, sms)),
        by=principal,
        params=fill(example.get("query", {}), principal, demo, sms),
        headers=fill(example.get("headers", {}), principal, demo, sms),
        **body,
    )
    wanted = example.get("status", 200)
    assert response.status_code in (wanted if isinstance(wanted, list) else [wanted]), response.text
    for name, field in example.get("keep", {}).items():
        kept[name] = functools.reduce(
            lambda at, step: at[int(step) if step.isdigit() else step], field.split("."), response.json()
        )


def test_the_curl_line_that_run_prints_works(server, demo):
    """The line a newcomer is shown: the balance of the first citizen with an account."""
    citizen = next(c for c in demo.citizens if c.account_id)
    url = f"{server.base_url}/v1/accounts/{citizen.account_id}/balance"
    line = f"curl -s -H 'Authorization: Bearer {citizen.token}' {url}"
    output = subprocess.run(shlex.split(line), capture_output=True, check=True, timeout=30).stdout
    assert json.loads(output)["account_id"] == citizen.account_id


def test_documented_problem_examples_name_real_codes():
    codes = {problem["code"] for problem in DOCUMENT["x-problems"]}
    assert codes == set(DOCUMENT["components"]["schemas"]["ProblemCode"]["enum"])
