"""Browsers: origins on the allow-list may call, all others are told nothing, and OPTIONS says what a path can do."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness.operations import OPERATIONS, methods_by_path

OURS, OTHER = "https://app.example", "https://evil.example"


@pytest.fixture(scope="module")
def web(start_server_of_module, client_of):
    return client_of(start_server_of_module({"YIBAO_CORS_ORIGINS": f"{OURS},http://localhost:3000"}))


def access_headers(response):
    return {name for name in response.headers if name.startswith("access-control-")}


def preflight(client, path, origin, method="GET"):
    headers = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
    return client.request("OPTIONS", path, headers={**headers, **({"Origin": origin} if origin else {})})


@pytest.mark.parametrize("origin", [OURS, "http://localhost:3000"])
def test_preflight_of_ours(web, origin):
    response = preflight(web, "/v1/me", origin)
    assert response.status_code == 204 and response.content == b""
    assert response.headers["access-control-allow-origin"] == origin
    assert "GET" in response.headers["access-control-allow-methods"]
    assert "authorization" in response.headers["access-control-allow-headers"].lower()
    assert int(response.headers["access-control-max-age"]) > 0
    assert "origin" in response.headers["vary"].lower()
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "origin", [OTHER, "null", "https://app.example.evil.example", "https://app.example:444", "http://app.example",
               "https://APP.example/", "https://app.examplee", "*", None]
)  # fmt: skip
def test_others_are_told_nothing(web, demo, origin):
    headers = {"Origin": origin} if origin else {}
    for response in (preflight(web, "/v1/me", origin), web.get("/v1/me", by=demo.employee, headers=headers)):
        assert access_headers(response) == set()
        assert "origin" in response.headers["vary"].lower()


@pytest.mark.parametrize(("path", "status"), [("/v1/me", 200), ("/v1/regions/999999", 404), ("/v1/nothing", 404)])
def test_every_answer_can_be_read_by_ours(web, demo, path, status):
    response = web.get(path, by=demo.employee, headers={"Origin": OURS})
    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == OURS
    exposed = response.headers["access-control-expose-headers"].lower()
    assert all(name in exposed for name in ("etag", "link", "x-request-id", "retry-after", "ratelimit"))


def test_without_an_allow_list_nobody_is_told_anything(api, demo):
    assert access_headers(api.get("/v1/me", by=demo.employee, headers={"Origin": OURS})) == set()
    assert access_headers(preflight(api, "/v1/me", OURS)) == set()


def test_options_names_the_methods_of_each_path(api):
    for path, methods in methods_by_path().items():
        response = api.request("OPTIONS", next(o for o in OPERATIONS if o.path == path).url())
        assert response.status_code == 204
        expected = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        assert set(response.headers["allow"].replace(" ", "").split(",")) == expected


def test_options_of_an_unknown_path(api):
    assert api.request("OPTIONS", "/v1/nothing").status_code == 404
