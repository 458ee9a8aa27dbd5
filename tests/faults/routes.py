"""Sends each of the contract's example requests while the n-th allocation of the server fails."""
# SPDX-License-Identifier: Apache-2.0
import base64
import collections
import functools
import http.client
import json
import random
import urllib.parse

from tests.harness.operations import examples
from tests.http import test_examples as contract_examples

HONEST = {None, 500, 503}  # None: cut off, before or in the middle of the reply
DEEP = 100000
# Later examples need the code that these send, and a person gets ten messages a day.
SENDING = {"beginRegistration", "sendSignInCode", "sendMyCode"}


class Routes:
    """`server` has the failing allocations; what needs no harm is asked of `api` by the fixtures that were given."""

    def __init__(self, server, failing, demo, new_token, sms):
        self.server, self.failing = server, failing
        self.demo, self.new_token, self.sms = demo, new_token, sms
        self.seen = collections.Counter()
        self.wrong, self.skipped, self.deepest, self.routes = [], [], 0, 0

    def send(self, method, target, headers, body):
        """Status and body, over a connection of its own; None where no whole reply came."""
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=30)
        try:
            connection.request(method, target, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return None, b""
        finally:
            connection.close()

    def request_of(self, operation, example):
        filled = functools.partial(contract_examples.fill, demo=self.demo, sms=self.sms)
        principal = contract_examples.principal_of(self.demo, self.new_token, example["principal"])
        query = {name: json.dumps(value) if isinstance(value, bool) else value
                 for name, value in filled(example.get("query", {}), principal).items()}
        target = operation.path.format(**filled(example.get("path", {}), principal))
        target += "?" + urllib.parse.urlencode(query, doseq=True) if query else ""
        headers = dict(filled(example.get("headers", {}), principal))
        if principal is not None:
            headers["Authorization"] = f"Bearer {principal.token}"
        body = None
        if "body" in example:
            body = json.dumps(filled(example["body"], principal)).encode()
            headers["Content-Type"] = "application/json"
        elif "csv" in example:
            body, headers["Content-Type"] = example["csv"].encode(), "text/csv"
        elif "base64" in example:
            body = base64.b64decode(example["base64"])
        return operation.method, target, headers, body

    def try_without(self, number, request):
        """One try with the n-th allocation failing; whether it was reached."""
        self.failing.nth(number)
        status, body = self.send(*request)
        is_reached = not self.failing.is_due
        self.failing.nth(0)
        assert self.server.process.poll() is None, (number, request, self.server.log_path.read_text()[-3000:])
        return status, body, is_reached

    def judge(self, name, number, status, body, usual):
        self.seen[status] += 1
        is_problem = status is not None and status >= 500
        if is_problem and body and json.loads(body)["status"] != status:
            self.wrong.append(f"{name} without allocation {number}: {body[:200]}")
        if status not in HONEST | usual:
            self.wrong.append(f"{name} without allocation {number}: {status} {body[:300]}")

    def run_one(self, operation, example, numbers):
        try:
            request = self.request_of(operation, example)
        except KeyError as missing:  # kept by an example whose reply did not come through
            self.skipped.append(f"{operation.name}: {missing}")
            return
        wanted = example.get("status", 200)
        usual, tries, kept = set(wanted if isinstance(wanted, list) else [wanted]), [], None
        if example.get("status") == 202:
            contract_examples.marks.append(self.sms.mark())
        for number in numbers:
            status, body, is_reached = self.try_without(number, request)
            tries.append((number, status, body))
            kept = kept or (body if status in usual else None)
            self.deepest = max(self.deepest, number if is_reached else 0)
            if not is_reached:
                break
        status, body = self.send(*request)
        for number, one, text in tries:
            self.judge(operation.name, number, one, text, usual | {status})
        self.keep(example, kept or body)
        self.routes += 1

    def keep(self, example, body):
        for name, field in example.get("keep", {}).items():
            try:
                steps = (int(step) if step.isdigit() else step for step in field.split("."))
                contract_examples.kept[name] = functools.reduce(lambda at, step: at[step], steps, json.loads(body))
            except (KeyError, IndexError, ValueError, TypeError):
                pass  # what an earlier round has kept will do

    def run(self, seed, tries):
        """So many tries of each, or every number in turn until one is not reached."""
        dice = random.Random(seed)
        for operation, example in examples():
            some = sorted(1 + int(400 * dice.random() ** 2) for _ in range(tries or 0))
            numbers = range(1, DEEP) if tries is None else some
            self.run_one(operation, example, list(numbers)[:1] if operation.name in SENDING else numbers)
