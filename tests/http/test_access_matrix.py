"""Every operation × every kind of principal × every field with an id: who is let in, and that nothing tells foreign from
absent. A new operation falls in by itself; what the matrix must know beyond openapi.yaml is in matrix_cases.py."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import money
from tests.harness.operations import OPERATIONS
from tests.harness.problems import without_request_id
from tests.http.matrix_cases import CASES, DEFAULT
from tests.http.matrix_makers import MAKERS
from tests.http.matrix_world import World


@pytest.fixture(scope="module")
def world(api, sql, demo, new_token, new_client, new_citizen):
    """One owner invites a relative for each operation and caller, which is more than anybody may."""
    sql.execute("UPDATE attempt_limit SET at_most = 1000 WHERE kind = 'invitation'")
    return World(api, sql, demo, new_token, new_client, new_citizen)


def case_of(operation):
    return CASES.get(operation.name, DEFAULT)


def kind_of(operation, field):
    """What the field's ids are ids of: its own name says, or the case."""
    return case_of(operation).ids.get(field, field)


def call(api, operation, principal, ids, method=None):
    """`ids`: {(place, field): id}"""
    case = case_of(operation)
    at = {place: {f: i for (p, f), i in ids.items() if p == place} for place in ("path", "query", "body")}
    headers = dict(operation.headers)
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = str(uuid.uuid4())
    rest = {"headers": headers, "params": {**operation.required_query, **case.query, **at["query"]}}
    body = {**case.body(operation, principal), **at["body"]} if operation.body is not None else None
    sending = operation.sending(body)
    rest = {**rest, **sending, "headers": {**headers, **sending.get("headers", {})}}
    return api.request(method or operation.method, operation.url(**{**case.path, **at["path"]}), by=principal, **rest)


# --- what is expected -------------------------------------------------------------------------------------------------


def refusal_of(operation, somebody):
    """The status for who may not call it at all; None for who may."""
    principal = somebody.principal
    if operation.is_public:
        return None
    if principal is None:
        return 401
    if principal.kind not in operation.kinds:
        return 403
    if principal.kind == "staff" and somebody.role != "all" and somebody.role not in operation.roles:
        return 403
    if principal.kind == "client" and operation.client_kinds and somebody.client_kind not in operation.client_kinds:
        return 403
    return None


def may_reach(operation, somebody, owner):
    """Whether an object of the target or the stranger is there for somebody who may call the operation."""
    case = case_of(operation)
    if operation.is_public:
        return True
    if somebody.principal is not None and somebody.principal.kind == "client":
        if case.reaches_all:
            return True
        return owner == "target" and operation.scope in somebody.scopes if operation.scope else somebody.is_asker
    if operation.name in somebody.views:
        return owner == "target"
    is_bound = bool(operation.path_parameters) if case.is_bound is None else case.is_bound
    return not is_bound or owner in somebody.reaches


def callers(world, operation):
    """Who asks makes no difference where nobody is asked for a token; the asker has been granted what it asked for."""
    if operation.is_public:
        return [somebody for somebody in world.everybody if somebody.role is None and somebody.client_kind is None]
    return [s for s in world.everybody if not (s.is_asker and operation.scope) and is_telling(operation, s)]


def is_telling(operation, somebody):
    """Every form of region with one role that may call it; with the others inside and outside, which is enough."""
    return somebody.is_thorough or not somebody.role or somebody.role == (operation.roles or ("operator",))[0]


def successes(operation):
    return case_of(operation).inside or operation.success


# --- the tests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_the_matrix_knows_every_field_with_an_id(operation):
    """A new name needs a line in matrix_makers.MAKERS, or in `ids` of the operation's case."""
    kinds = {kind_of(operation, field) for _, field in operation.ids if field not in case_of(operation).no_secret}
    unknown = kinds - MAKERS.keys()
    assert unknown == set()


def existing_ids(world, operation, owner="target", fresh=False):
    return {
        (place, field): world.existing(kind_of(operation, field), owner, fresh)
        for place, field in operation.ids
        if place == "path" or field in case_of(operation).sent
    }


def check_no_secret(world, response):
    if response.status_code >= 400:
        for secret in (world.target.name, world.target.citizen_number, world.target.token, world.target.person_id[-12:]):
            assert secret not in response.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_who_may_call_it(api, world, operation):
    """With ids of the target's: success for who may and reaches it, 404 for who does not, 401 and 403 for the others."""
    has_ids = any(place == "path" for place, _ in operation.ids)
    for somebody in callers(world, operation):
        refusal = refusal_of(operation, somebody)
        is_reached = may_reach(operation, somebody, "target") or operation.is_public
        if somebody.client_kind and not has_ids:
            is_reached = True
        fresh = refusal is None and is_reached and operation.method != "GET"
        response = call(api, operation, somebody.principal, existing_ids(world, operation, fresh=fresh))
        want = {refusal} if refusal else successes(operation) if is_reached else case_of(operation).outside
        assert response.status_code in want, f"{somebody.name}: {response.status_code} instead of {want}: {response.text}"
        if not is_reached or refusal:
            check_no_secret(world, response)


WITH_IDS = [
    (operation, place, field)
    for operation in OPERATIONS
    for place, field in operation.ids
    if field not in case_of(operation).no_secret
]


@pytest.mark.parametrize(("operation", "place", "field"), WITH_IDS, ids=[f"{o}-{f}" for o, _, f in WITH_IDS])
def test_foreign_looks_like_absent(api, world, operation, place, field):
    """An id of what is out of reach, of another kind or of nothing: the same answer to the last byte."""
    kind = kind_of(operation, field)
    for somebody in callers(world, operation):
        refusal = refusal_of(operation, somebody)
        seen = {}
        others = existing_ids(world, operation)
        for name, one in forms(world, operation, place, kind, somebody, refusal).items():
            if place == "body" and one in others.values():
                continue  # one thing named twice is the caller's own fault
            response = call(api, operation, somebody.principal, {**others, (place, field): one})
            if response.status_code != 429:
                seen[name] = told(response)
            check_no_secret(world, response)
            if place == "path":
                assert response.status_code == (refusal or 404), f"{somebody.name}, {name}: {response.status_code}"
        assert len({repr(answer) for answer in seen.values()}) <= 1, f"{somebody.name} can tell: {seen}"


def forms(world, operation, place, kind, somebody, refusal):
    """The ids that lead nowhere for somebody, those of others among them. A filter may go by the key alone."""
    is_first = not somebody.role or somebody.role in ("all", operation.roles[0] if operation.roles else "")
    found = world.forms(kind, somebody.is_thorough and is_first and not refusal)
    if place == "query":
        reached = [owner for owner in ("target", "stranger") if may_reach(operation, somebody, owner)]
        found = {name: one for name, one in found.items() if not any(owner in name for owner in reached)}
        if reached:
            found.pop("of another kind", None)
    is_alone = [kind_of(operation, f) for p, f in operation.ids if p == "path"] == [kind] or place != "path"
    for owner in ("target", "stranger"):
        if refusal or not may_reach(operation, somebody, owner) or (owner == "stranger" and not is_alone):
            found[f"the {owner}'s"] = world.existing(kind, owner)
    return found


def told(response):
    """All that the caller learns."""
    return without_request_id(response) if response.status_code >= 400 else (response.status_code, response.content)


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.method == "GET"], ids=str)
def test_head_lets_in_nobody_else(api, world, operation):
    ids = existing_ids(world, operation)
    for somebody in callers(world, operation):
        if somebody.role is None or somebody.is_thorough:
            head = call(api, operation, somebody.principal, ids, "HEAD")
            get = call(api, operation, somebody.principal, ids)
            assert head.status_code in {get.status_code, *(case_of(operation).inside or ())}, somebody.name
            assert head.content == b""


def test_every_citizen_sees_only_what_is_theirs(api, demo):
    """Each reads all of each: 200 for their own and 404 for all others, without a trace of the other's key."""
    personal = [o for o in OPERATIONS if o.is_personal and o.method == "GET" and "citizen" in o.kinds]
    keys = {citizen.person_id: citizen.person_id[-12:] for citizen in demo.citizens}
    for reader in demo.citizens:
        for owner in demo.citizens:
            for operation in personal:
                if owner.account_id is None and "account_id" in operation.path_parameters:
                    continue
                ids = {("path", "person_id"): owner.person_id, ("path", "account_id"): owner.account_id}
                response = call(api, operation, reader, ids)
                assert response.status_code == (200 if reader == owner else 404)
                assert not any(key in response.text for of, key in keys.items() if of != reader.person_id)


def test_lists_of_staff_hold_only_their_regions(api, demo, sql, new_token):
    """Somebody who moved has rows in two provinces: staff of one see only that one's."""
    mover = demo.citizen("moved")
    key = money.key_of(mover.person_id)
    pools = [code for (code,) in sql.execute("SELECT DISTINCT pool_code FROM enrolment WHERE person_key = %s", [key])]
    assert len(pools) >= 2
    for pool in pools:
        staff = new_token("staff", roles=["operator"], regions=[pool])
        for what in ("accounts", "enrolments", "contributions"):
            rows = api.get(f"/v1/people/{mover.person_id}/{what}", by=staff).json()["data"]
            assert {row["region_code"] for row in rows} <= {pool}
    own = api.get(f"/v1/people/{mover.person_id}/enrolments", by=mover).json()["data"]
    assert {row["region_code"] for row in own} == set(pools)
