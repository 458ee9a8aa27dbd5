"""openapi.yaml agrees with itself: examples fit their schemas, every operation says all it must."""
# SPDX-License-Identifier: Apache-2.0
import json
import re

import jsonschema
import pytest
from tests.contract.contract import FORMATS, Contract
from tools.openapi_document import operations, resolve

CONTRACT = Contract()
DOCUMENT = CONTRACT.document
OPERATIONS = [pytest.param(path, method, operation, id=operation["operationId"])
              for path, method, _, operation in operations(DOCUMENT)]
ALWAYS = {"400", "406", "408", "413", "414", "415", "429", "431", "500", "503"}


def values_of(media):
    if "example" in media:
        return [media["example"]]
    return [example["value"] for example in media.get("examples", {}).values()]


def schema_faults(schema, value):
    validator = jsonschema.Draft202012Validator(schema, resolver=CONTRACT.resolver(), format_checker=FORMATS)
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_says_all_it_must(path, method, operation):
    assert operation["summary"] and operation["description"] and operation["x-example-request"]
    expected = ALWAYS | {"401", "403"} if operation.get("security") != [] else ALWAYS  # a token is not looked at there
    assert expected <= set(operation["responses"])
    makes_what_is_absent = method == "put" and "201" in operation["responses"]
    if "{" in path and not makes_what_is_absent:
        assert "404" in operation["responses"]
    for raw in operation.get("parameters", []):
        parameter = resolve(DOCUMENT, raw)
        assert parameter["description"]
        assert schema_faults(parameter["schema"], parameter["example"]) == []


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_examples_fit_their_schemas(path, method, operation):
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    for node in [*bodies, *(resolve(DOCUMENT, raw) for raw in operation["responses"].values())]:
        for name, media in node.get("content", {}).items():
            assert values_of(media), f"{name} has no example"
            for value in values_of(media):
                assert schema_faults(media["schema"], value) == []


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_reply_names_its_headers(path, method, operation):
    for status, raw in operation["responses"].items():
        headers = resolve(DOCUMENT, raw).get("headers", {})
        assert {"X-Request-Id", "RateLimit", "RateLimit-Policy", "Cache-Control", "Vary"} <= set(headers), status
        for header in headers.values():
            node = resolve(DOCUMENT, header)
            assert schema_faults(node["schema"], node["example"]) == []


def test_problem_examples_fit_the_table():
    problems = {problem["code"]: problem for problem in DOCUMENT["x-problems"]}
    shown = set()
    for response in DOCUMENT["components"]["responses"].values():
        for value in values_of(response["content"]["application/problem+json"]):
            problem = problems[value["code"]]
            shown.add(value["code"])
            assert (value["status"], value["title"], value["detail"]) == (
                problem["status"], problem["title_en"], problem["detail_en"])
    assert set(problems) == shown
    assert list(problems) == DOCUMENT["components"]["schemas"]["ProblemCode"]["enum"]


@pytest.mark.parametrize("problem", DOCUMENT["x-problems"], ids=lambda problem: problem["code"])
def test_problem_texts_are_in_their_language(problem):
    for key in ("title", "detail"):
        assert re.search(r"[\u4e00-\u9fff]", problem[key + "_zh"])
        assert not re.search(r"[\u4e00-\u9fff]", problem[key + "_en"])
    assert problem["detail_zh"].endswith("。") and problem["detail_en"].endswith(".")


def reply_headers(**more):
    return {"X-Request-Id": "0123456789abcdef", "Content-Type": "application/json", **more}


ACCOUNTS = "/v1/people/018f3a52-7c00-7a10-9d3c-5b1f0a2e4c68/accounts"


def test_the_checker_accepts_what_is_documented_and_remembers_it():
    contract = Contract()
    assert contract.validate("GET", ACCOUNTS + "?x=1", 200, reply_headers(), b'{"data": []}') == []
    assert ("listPersonAccounts", 200) in contract.seen
    assert ("listPersonAccounts", 200) in contract.documented() and ("listPersonAccounts", 200) not in contract.unseen()
    assert ("getMe", 200) in contract.unseen()


@pytest.mark.parametrize(("method", "path", "status", "headers", "body"), [
    ("GET", ACCOUNTS, 200, reply_headers(), b'{"data": [], "more": 1}'),
    ("GET", ACCOUNTS, 200, reply_headers(), b'{"data": [], "data": []}'),
    ("GET", ACCOUNTS, 200, reply_headers(Server="x"), b'{"data": []}'),
    ("GET", ACCOUNTS, 200, {"Content-Type": "application/json"}, b'{"data": []}'),
    ("GET", ACCOUNTS, 200, reply_headers(**{"Content-Type": "text/html"}), b'{"data": []}'),
    ("GET", ACCOUNTS, 201, reply_headers(), b'{"data": []}'),
    ("GET", "/v1/nothing", 200, reply_headers(), b"{}"),
    ("HEAD", ACCOUNTS, 200, reply_headers(), b'{"data": []}'),
    ("OPTIONS", ACCOUNTS, 204, reply_headers(), b""),
    ("POST", ACCOUNTS, 404, reply_headers(), b"{}"),
])
def test_the_checker_refuses_what_is_not(method, path, status, headers, body):
    assert Contract().validate(method, path, status, headers, body) != []


def problem_body(code, status, **more):
    return json.dumps({"type": f"urn:yibaod:problem:{code}", "title": "t", "status": status, "detail": "d", "code": code,
                       "request_id": "0123456789abcdef", **more}).encode()


def test_the_checker_holds_problems_to_their_table():
    headers = reply_headers(**{"Content-Type": "application/problem+json"})
    check = Contract().validate
    assert check("GET", ACCOUNTS, 404, headers, problem_body("not_found", 404)) == []
    assert check("GET", "/v1/nothing", 404, headers, problem_body("not_found", 404)) == []
    assert check("POST", ACCOUNTS, 405, {**headers, "Allow": "GET, HEAD, OPTIONS"}, problem_body("method_not_allowed", 405)) == []
    assert check("POST", ACCOUNTS, 405, headers, problem_body("method_not_allowed", 405)) != []
    assert check("GET", ACCOUNTS, 404, headers, problem_body("forbidden", 404)) != []
    assert check("GET", ACCOUNTS, 404, headers, problem_body("not_found", 404, errors=[])) != []
