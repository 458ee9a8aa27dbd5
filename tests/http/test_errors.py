"""Errors: one form, both languages, every fault at once, and the right status for each way to be wrong."""
# SPDX-License-Identifier: Apache-2.0
import re
import uuid

import pytest
from tests.harness.operations import BY_NAME, DOCUMENT, OPERATIONS, methods_by_path
from tests.harness.people import Principal
from tests.harness.problems import check_problem, faults

ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
POST = "/v1/admin/tokens"
STAFF = b'{"kind": "staff", "roles": ["auditor"], "regions": ["620500"]}'
NOBODY = Principal("yb_c_wrong", "citizen")


@pytest.fixture()
def call(api, demo, who_may):
    """Calls an operation as somebody who may, with the contract's example as body."""

    def call(operation, by=None, **rest):
        by = by or who_may(operation)
        ids = {"person_id": demo.employee.person_id, "account_id": demo.employee.account_id}
        if operation.has_body and not {"json", "content"} & set(rest):
            sending = operation.sending()
            rest = {**sending, **rest, "headers": {**sending.get("headers", {}), **rest.get("headers", {})}}
        rest["headers"] = {**operation.headers, **rest.get("headers", {})}
        rest["params"] = [*operation.required_query.items(), *rest.get("params", ())]
        return api.request(operation.method, operation.url(**ids), by=by, **rest)

    return call


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
class TestEveryOperation:
    def test_unknown_and_repeated_parameters(self, call, operation):
        response = call(operation, params=[("colour", "red"), ("x", "1"), ("x", "2")])
        check_problem(response, 400, "validation_failed")
        assert {"/query/colour", "/query/x"} == faults(response).keys()
        assert faults(response)["/query/colour"] == "unknown"
        if operation.query_parameters:
            name = operation.query_parameters[0]
            response = call(operation, params=[(name, "1"), (name, "1")])
            check_problem(response, 400, "validation_failed")
            assert f"/query/{name}" in faults(response)

    def test_malformed_ids(self, api, who_may, operation):
        ids = [name for name in operation.path_parameters if name.endswith("_id")]
        by = who_may(operation)
        body = {**operation.sending(), "params": operation.required_query}
        body["headers"] = {**operation.headers, **body.get("headers", {})}
        good = str(uuid.uuid4())
        for value in ("1", "x" * 36, good[:-1], good + "0", "{" + good + "}", good.replace("-", "")):
            if not ids:
                break
            response = api.request(operation.method, operation.url(**dict.fromkeys(ids, value)), by=by, **body)
            check_problem(response, 400, "validation_failed")
            assert faults(response) == {f"/path/{name}": "malformed" for name in ids}

    def test_a_wrong_token(self, call, operation):
        response = call(operation, by=NOBODY)
        if operation.is_public:
            assert "unauthenticated" not in response.text
        else:
            check_problem(response, 401, "unauthenticated")

    def test_forms_that_are_not_there(self, call, operation):
        check_problem(call(operation, headers={"Accept": "application/xml"}), 406, "not_acceptable")
        refused = ", ".join(f"{media};q=0" for media in operation.media or ("application/json",))
        check_problem(call(operation, headers={"Accept": f"image/gif, {refused}"}), 406, "not_acceptable")

    def test_a_body_where_none_is_taken_or_of_a_wrong_type(self, call, operation):
        headers = {"Content-Type": "text/plain"}
        check_problem(call(operation, content=b"hello", headers=headers), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("APPLICATION/JSON", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("text/html, application/json;q=0.9, */*;q=0.1", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("application/json, text/csv;q=0.5", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
        ("application/json;q=0, */*", "text/csv"),
    ],
)
def test_negotiation(call, accept, media):
    headers = {"Accept": accept} if accept else {}
    response = call(BY_NAME["listAccountEntries"], headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == media
    assert "accept" in response.headers["vary"].lower().replace("accept-language", "")


@pytest.mark.parametrize(
    ("accept_language", "chinese"),
    [
        (None, True),
        ("zh", True),
        ("zh-CN,zh;q=0.9,en;q=0.8", True),
        ("en", False),
        ("en-GB", False),
        ("en-US,en;q=0.9,zh;q=0.8", False),
        ("zh;q=0.5, en;q=0.9", False),
        ("fr", True),
        ("*", True),
        ("fr, en;q=0.1", False),
        ("en;q=0", True),
        ("", True),
        ("no sense; at=all,,,", True),
    ],
)
def test_language(api, accept_language, chinese):
    headers = {} if accept_language is None else {"Accept-Language": accept_language}
    for path, status in (("/v1/regions/999999", 404), ("/v1/me", 401), ("/v1/regions?limit=0", 400)):
        body = check_problem(api.get(path, headers=headers), status)
        texts = [body["title"], body["detail"], *(fault["detail"] for fault in body.get("errors", []))]
        assert all(bool(CHINESE.search(text)) == chinese for text in texts), texts


def test_texts_are_those_of_the_contract(api):
    texts = {problem["code"]: problem for problem in DOCUMENT["x-problems"]}
    for language in ("zh", "en"):
        body = api.get("/v1/regions/999999", headers={"Accept-Language": language}).json()
        assert body["title"] == texts["not_found"][f"title_{language}"]
        assert body["detail"] == texts["not_found"][f"detail_{language}"]


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/", "/v2/me", "/v1/me/", "/v1/ME", "//v1/me", "/v1//me", "/v1/accounts", "/v1/accounts/",
     "/v1/regions/110000/", "/v1/regions/110000/channels/x", "/v1/./me", "/v1/x/../me", "/v1/%6de%2f", "/favicon.ico"]
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_paths(api, demo, method, path):
    response = api.raw(method, path, by=demo.admin)
    if path == "/v1/./me" or path == "/v1/x/../me":
        assert response.status_code in (400, 404)
        return
    check_problem(response, 404, "not_found")


def test_other_methods_name_the_right_ones(api, demo):
    for path, methods in methods_by_path().items():
        url = next(o for o in OPERATIONS if o.path == path).url()
        for method in ALL_METHODS:
            if method in methods:
                continue
            response = api.request(method, url, by=demo.admin)
            check_problem(response, 405, "method_not_allowed")
            allow = set(response.headers["allow"].replace(" ", "").split(","))
            assert allow == methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "get", "BREW"])
def test_unknown_methods(api, method):
    response = api.raw(method, "/v1/regions")
    assert response.status_code in (405, 501)
    check_problem(response, response.status_code)


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/jsonx", "application/json; charset=gb18030", "application/json; charset=utf-16", "application"],
)  # fmt: skip
def test_wrong_content_types(api, demo, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = api.post(POST, by=demo.admin, content=STAFF, headers=headers)
    check_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"'],
)
def test_right_content_types(api, demo, content_type):
    response = api.post(POST, by=demo.admin, content=STAFF, headers={"Content-Type": content_type})
    assert response.status_code == 201


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip"])
def test_compressed_bodies(api, demo, coding):
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    check_problem(api.post(POST, by=demo.admin, content=b"\x1f\x8b", headers=headers), 415, "unsupported_media_type")


@pytest.mark.parametrize(("length", "status"), [(65536, 201), (65537, 413), (200_000, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_body_limits(api, demo, length, status, chunked):
    body = STAFF[:-1] + b" " * (length - len(STAFF)) + b"}"
    content = (body[at : at + 9000] for at in range(0, length, 9000)) if chunked else body
    response = api.post(POST, by=demo.admin, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    if status == 413:
        check_problem(response, 413, "body_too_large")


def test_addresses_too_long(api, demo):
    check_problem(api.get("/v1/" + "a" * 600), 414, "uri_too_long")
    check_problem(api.get("/v1/regions?level=" + "a" * 5000), 414, "uri_too_long")
    check_problem(api.get("/v1/me?x=" + "a" * 5000, by=demo.employee), 414, "uri_too_long")


LARGE_HEADERS = [{"X-Large": "a" * 15_000}, {f"X-{n}": "a" for n in range(300)}, {"Cookie": "c=" + "a" * 30_000}]


@pytest.mark.parametrize("headers", LARGE_HEADERS)
def test_headers_too_large(api, headers):
    check_problem(api.get("/v1/regions", headers=headers), 431, "headers_too_large")


@pytest.mark.parametrize("given", ["a" * 16, "A-Za-z0-9_-" + "x" * 21, uuid.uuid4().hex])
def test_a_good_request_id_is_kept(api, given):
    assert api.get("/v1/regions/110000", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["short", "a" * 33, "with blank with blank", 'quote"quote"quote', "汉字汉字汉字".encode()])
def test_a_bad_request_id_is_replaced(api, given):
    seen = api.get("/v1/regions/110000", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert re.fullmatch("[0-9A-Za-z_-]{16,32}", seen) and seen != given


def test_percent_encoded_parameters_are_decoded_once(api, demo):
    assert api.raw("GET", "/v1/regions?le%76el=provin%63e").status_code == 200
    assert api.raw("GET", "/v1/regions?level=provin%2563e").status_code == 400
    for bad in ("%", "%2", "%zz", "%00", "%ff", "%c0%af"):
        assert api.raw("GET", f"/v1/regions?level={bad}").status_code == 400
        assert api.raw("GET", f"/v1/regions/{bad}").status_code in (400, 404)
