"""Tokens: hundreds of wrong ones, none admitted, and nothing in the answer tells why."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import random
import string

import pytest
from tests.harness.problems import check_problem, without_request_id
from tests.harness.tokens import token_text, with_check

SEED = 19


def altered(good):
    """Every truncation, every single changed character, and the good one with something added."""
    for length in range(len(good)):
        yield good[:length]
    other = random.Random(SEED)
    for at, character in enumerate(good):
        alphabet = [c for c in string.ascii_letters + string.digits + "_-" if c != character]
        yield good[:at] + other.choice(alphabet) + good[at + 1 :]
    yield from (good + "0", good + "=", good + "\t1", good + good, good[::-1], good.upper(), good.swapcase(), "." + good)


def well_formed(good):
    """The right form and check digits, but no such token: invented secrets, and the good secret as another kind."""
    invented = random.Random(SEED)
    for kind in "cks":
        for _ in range(60):
            yield token_text(kind, invented.randbytes(32))
    front = good[: good.rindex("_")]
    for kind in "cksxCKS":
        if kind != front[3]:
            yield with_check(front[:3] + kind + front[4:])
    for at in range(5, len(front)):
        yield with_check(front[:at] + ("A" if front[at] != "A" else "B") + front[at + 1 :])
    yield with_check("yx" + front[2:])
    yield with_check(front + "A")
    yield with_check(front[:-1])


OTHER_HEADERS = [
    "Bearer",
    "Bearer ",
    "Basic {token}",
    "Token {token}",
    "Bearer{token}",
    "Bearer:{token}",
    "Bearer token={token}",
    'Bearer "{token}"',
    "Bearer {token} {token}",
    "Bearer {token},{token}",
    "Bearer {token}, Bearer {token}",
    "Bearer Bearer {token}",
    "Basic YTpi, Bearer {token}",
    "{token}",
    "Bearer null",
    "Bearer ' OR 1=1 --",
    "Bearer %79b_c_",
    "Bearer " + "A" * 4000,
    "Negotiate",
    'YIBAO-RSA-SHA256 client_id="a"',
]


def assert_refused_alike(api, headers):
    answers = []
    for value in headers:
        response = api.raw("GET", "/v1/me", f"Authorization: {value}")
        check_problem(response, 401, "unauthenticated")
        assert response.headers["www-authenticate"].startswith("Bearer")
        answers.append(without_request_id(response))
    assert len(answers) > 0 and all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("make", [altered, well_formed])
def test_tokens_that_are_not_ours(api, demo, make):
    good = demo.employee.token
    tokens = [text for text in dict.fromkeys(make(good)) if text != good]
    assert len(tokens) > 100
    assert_refused_alike(api, [f"Bearer {text}" for text in tokens])


def test_other_headers(api, demo):
    assert_refused_alike(api, [value.format(token=demo.employee.token) for value in OTHER_HEADERS])


def test_no_header(api):
    response = api.get("/v1/me")
    check_problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("where", ["access_token", "token", "authorization"])
def test_a_token_in_the_query_is_no_token(api, demo, where):
    assert api.get("/v1/me", params={where: demo.employee.token}).status_code in (400, 401)


def test_two_headers_are_refused(api, demo):
    bearer = f"Authorization: Bearer {demo.employee.token}"
    for lines in ([bearer, bearer], [bearer, "Authorization: Bearer x"], ["Authorization: Basic x", bearer]):
        assert api.raw("GET", "/v1/me", *lines).status_code in (400, 401)


@pytest.mark.parametrize("value", ["Bearer {0}", "bearer {0}", "BEARER {0}", "Bearer {0}  ", "  Bearer {0}"])
def test_forms_that_http_allows(api, demo, value):
    assert api.raw("GET", "/v1/me", f"Authorization: {value.format(demo.employee.token)}").status_code == 200


def in_seconds(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat()


def test_expired_and_revoked_look_like_unknown(api, demo, new_token):
    expired, revoked = new_token("client", expires_at=in_seconds(2)), new_token("client")
    assert api.get("/v1/me", by=revoked).status_code == 403
    api.delete(f"/v1/admin/tokens/{revoked.token_id}", by=demo.admin)
    api.wait_for_status("/v1/me", expired, 401)
    api.wait_for_status("/v1/me", revoked, 401)
    unknown = token_text("k", bytes(32))
    assert_refused_alike(api, [f"Bearer {text}" for text in (expired.token, revoked.token, unknown)])


def test_a_token_expires_to_the_moment_although_cached(api, new_token):
    token = new_token("client", expires_at=in_seconds(3))
    statuses = []
    end = datetime.datetime.fromisoformat(in_seconds(3.5))
    while datetime.datetime.now(datetime.timezone.utc) < end:
        statuses.append(api.get("/v1/me", by=token).status_code)
    assert statuses[0] == 403 and statuses[-1] == 401
    assert statuses == sorted(statuses, reverse=True), "once refused, always refused"
