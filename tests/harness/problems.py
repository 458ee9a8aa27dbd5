"""What a user sees of an error: one form for all of them."""
# SPDX-License-Identifier: Apache-2.0
import re


def check_problem(response, status, code=None):
    """The problem's JSON, after everything that holds for every problem."""
    assert response.status_code == status, f"{response.status_code} {response.text[:500]}"
    assert response.headers["content-type"].split(";")[0] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["type"] == f"urn:yibaod:problem:{body['code']}"
    assert re.fullmatch("[a-z][a-z0-9_]*", body["code"])
    assert body["title"] and body["detail"]
    assert body["request_id"] == response.headers["x-request-id"]
    assert code is None or body["code"] == code
    text = response.text.lower()
    for inner in ("select ", "insert into", ".sql", ".c:", "libpq", "postgres", "0x7f"):
        assert inner not in text, f"{inner} shows in an error"
    return body


def faults(response):
    """{pointer: code} of a problem's field errors."""
    return {fault["pointer"]: fault["code"] for fault in response.json().get("errors", [])}


def without_request_id(response):
    """Body and headers that a caller could tell two refusals apart by."""
    body = response.json()
    body.pop("request_id")
    ignored = {"x-request-id", "date", "ratelimit", "content-length"}
    return response.status_code, body, sorted(h for h in response.headers.multi_items() if h[0] not in ignored)
