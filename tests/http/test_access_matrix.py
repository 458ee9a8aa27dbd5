"""Every operation × every kind of principal × every id: who is let in, and that nothing tells foreign from absent."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import money, proposals
from tests.harness.operations import BY_NAME, OPERATIONS
from tests.harness.problems import without_request_id
from tests.http.matrix_cases import CASES, DEFAULT

ROLES = ("operator", "reviewer", "policy", "security", "auditor")
IDS = sorted({name for o in OPERATIONS for name in o.path_parameters if name.endswith("_id")})


@pytest.fixture(scope="module")
def target(demo):
    return demo.employee


@pytest.fixture(scope="module")
def stranger(demo, target):
    return next(c for c in demo.citizens if c.account_id and c.person_id != target.person_id)


@pytest.fixture(scope="module")
def pool(sql, target):
    """The one pool that knows the target: a person of several would be visible from each."""
    pools = sql.execute(
        "SELECT pool_code FROM enrolment WHERE person_key = %(k)s"
        " UNION SELECT pool_code FROM account WHERE person_key = %(k)s"
        " UNION SELECT pool_code FROM contribution WHERE person_key = %(k)s",
        {"k": money.key_of(target.person_id)},
    ).fetchall()
    assert len(pools) == 1
    return pools[0][0]


@pytest.fixture(scope="module")
def principals(target, stranger, pool, new_token):
    """{name: (principal or None, whether the target's rows are within reach)}"""
    regions = {
        "nation": (["000000"], True),
        "province": ([pool[:2] + "0000"], True),
        "pool": ([pool], True),
        "several": (["110000", pool], True),
        "elsewhere": (["110000" if pool != "110000" else "440300"], False),
        "other province": (["440000" if pool[:2] != "44" else "350000"], False),
        "neighbour": ([str(int(pool) + 100)], False),
    }
    people = {
        "anonymous": (None, False),
        "owner": (target, True),
        "stranger": (stranger, False),
        "client": (new_token("client"), False),
    }
    for role in ROLES:
        for where, (codes, reach) in regions.items():
            people[f"{role} {where}"] = (new_token("staff", roles=[role], regions=codes), reach)
    everything = new_token("staff", roles=list(ROLES), regions=["440100" if pool != "440100" else "620500"])
    people["all roles elsewhere"] = (everything, False)
    return people


def mixed(high, low):
    """An id with the time of one and the person's key of the other."""
    return str(uuid.UUID(int=uuid.UUID(high).int & ~money.KEY_MASK | uuid.UUID(low).int & money.KEY_MASK))


@pytest.fixture(scope="module")
def id_sets(api, sql, target, stranger, pool, new_token, new_client):
    """{name: (ids for the path, whether they exist)}"""
    operator = new_token("staff", roles=["operator"], regions=[pool])
    job_id = call(api, BY_NAME["createImport"], operator, {}).json()["job_id"]
    absent = str(uuid.uuid4())
    return {
        "existing": (lambda: {**ids_of(target), **kept(sql, target), **managed(pool, new_token, new_client), "job_id": job_id}, True),
        "absent": (lambda: same(absent), False),
        "nil": (lambda: same(str(uuid.UUID(int=0))), False),
        "absent but of the target's key": (lambda: same(mixed(absent, target.person_id)), False),
        "the target's time, a stranger's key": (lambda: forged(target, stranger), False),
        "a stranger's time, the target's key": (lambda: forged(stranger, target), False),
        "the target's other ids": (lambda: exchanged(target), False),
    }


def ids_of(citizen):
    return {"person_id": citizen.person_id, "account_id": citizen.account_id}


def kept(sql, citizen):
    """What is in the target's record, and a proposal about it."""
    (enrolment_id,) = sql.execute(
        "SELECT enrolment_id::text FROM enrolment WHERE person_key = %s", [money.key_of(citizen.person_id)]
    ).fetchone()
    (contribution_id,) = sql.execute(
        "SELECT contribution_id::text FROM contribution WHERE person_key = %s LIMIT 1", [money.key_of(citizen.person_id)]
    ).fetchone()
    return {"enrolment_id": enrolment_id, "contribution_id": contribution_id,
            "proposal_id": proposals.plant(sql, citizen.person_id)}


def key_text(citizen):
    """How the person's key shows at the end of each of their ids."""
    return citizen.person_id[-12:]


def same(one):
    return dict.fromkeys(IDS, one)


def managed(pool, new_token, new_client):
    token = new_token("client", client_regions=[pool])
    return {"token_id": token.token_id, "client_id": new_client(regions=[pool])["client_id"]}


def forged(high, low):
    return {**same(mixed(high.account_id, low.person_id)), "person_id": mixed(high.person_id, low.person_id)}


def exchanged(citizen):
    return {**same(citizen.person_id), "person_id": citizen.account_id}


def expected(operation, principal, reach, exists):
    """The statuses that may come."""
    case = CASES.get(operation.name, DEFAULT)
    if operation.is_public:
        return case.inside or operation.success
    if principal is None:
        return {401}
    if principal.kind not in operation.kinds:
        return {403}
    if principal.kind == "staff" and not set(operation.roles) & roles_of(principal):
        return {403}
    if principal.kind == "client" and "mini_program" not in (operation.client_kinds or ("mini_program",)):
        return {403}
    if principal.kind == "client" and set(IDS) & set(operation.path_parameters):
        return {404}  # nobody has consented
    if not exists and set(IDS) & set(operation.path_parameters):
        return {404}
    is_bound = bool(operation.path_parameters) if case.is_bound is None else case.is_bound
    return (case.inside or operation.success) if reach or not is_bound else case.outside


def roles_of(principal):
    return set(principal.role.split())


def call(api, operation, principal, ids, method=None):
    case = CASES.get(operation.name, DEFAULT)
    body = operation.sending(case.body(operation, principal)) if operation.body else operation.sending()
    params = {**operation.required_query, **case.query}
    return api.request(method or operation.method, operation.url(**{**case.path, **ids}), by=principal, params=params, **body)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_matrix(api, operation, principals, id_sets, target):
    secrets = (target.name, key_text(target), target.token)
    for who, (principal, reach) in principals.items():
        refusals = {}
        for which, (make_ids, exists) in id_sets.items():
            want = expected(operation, principal, reach, exists)
            response = call(api, operation, principal, make_ids())
            assert response.status_code in want, f"{who}, {which} ids: {response.status_code} instead of {want}"
            if response.status_code in {401, 403, 404} - (CASES.get(operation.name, DEFAULT).inside or set()):
                refusals[which] = without_request_id(response)
                assert not any(secret in response.text for secret in secrets)
            if not set(operation.path_parameters) & set(IDS):
                break
        assert all(r == next(iter(refusals.values())) for r in refusals.values()), f"{who} can tell: {refusals}"


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.method == "GET"], ids=str)
def test_head_lets_in_nobody_else(api, operation, principals, id_sets):
    make_ids, exists = id_sets["existing"]
    ids = make_ids()
    for who, (principal, reach) in principals.items():
        response = call(api, operation, principal, ids, "HEAD")
        assert response.status_code in expected(operation, principal, reach, exists), who
        assert response.content == b""


def test_every_citizen_sees_only_what_is_theirs(api, demo):
    """Each reads all of each: 200 for their own and 404 for all others, without a trace of the other's key."""
    personal = [o for o in OPERATIONS if o.is_personal and o.method == "GET" and "citizen" in o.kinds]
    for reader in demo.citizens:
        for owner in demo.citizens:
            for operation in personal:
                if owner.account_id is None and "account_id" in operation.path_parameters:
                    continue
                response = call(api, operation, reader, ids_of(owner))
                assert response.status_code == (200 if reader == owner else 404)
                others = [key_text(c) for c in demo.citizens if c != reader]
                assert not any(key in response.text for key in others)


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
