"""Registered clients: who may manage which, names that stand once, and tokens that rest with their client."""
# SPDX-License-Identifier: Apache-2.0
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import providers
from tests.harness.problems import check_problem, faults
from tests.http import listing

PATH = "/v1/admin/clients"
KINDS = ("mini_program", "app", "website", "service_platform", "terminal", "hotline", "provider", "payment_platform")
SUSPENSION_S = 1.0


def fresh_name():
    return f"客户端 {uuid.uuid4()}"


@pytest.fixture(scope="module")
def officer(new_token):
    """Security officers by region."""
    made = {}

    def of(*regions):
        if regions not in made:
            made[regions] = new_token("staff", roles=["security"], regions=list(regions))
        return made[regions]

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_registered_and_shown(api, demo, kind):
    body = {"kind": kind, "name": fresh_name(), "contact": "信息中心", "regions": ["620500", "440000"]}
    body |= providers.institution("clinic") if kind == "provider" else {}
    made = api.post(PATH, by=demo.admin, json=body)
    assert made.status_code == 201
    client = made.json()
    assert {**client, **body, "state": "active"} == client
    assert made.headers["location"] == f"{PATH}/{client['client_id']}"
    assert api.get(made.headers["location"], by=demo.admin).json() == client


def test_what_may_be_left_out(api, demo):
    client = api.post(PATH, by=demo.admin, json={"kind": "app", "name": fresh_name()}).json()
    assert client["contact"] is None and client["regions"] == ["000000"]
    assert client["institution_type"] is None and client["institution_code"] is None


WRONG = {
    "nothing": ({}, {"/body/kind", "/body/name"}),
    "unknown kind": ({"kind": "robot", "name": "x"}, {"/body/kind"}),
    "empty name": ({"kind": "app", "name": ""}, {"/body/name"}),
    "long name": ({"kind": "app", "name": "长" * 65}, {"/body/name"}),
    "no regions": ({"kind": "app", "name": "x", "regions": []}, {"/body/regions"}),
    "malformed region": ({"kind": "app", "name": "x", "regions": ["62"]}, {"/body/regions/0"}),
    "state": ({"kind": "app", "name": "x", "state": "active"}, {"/body/state"}),
    "provider without institution": (
        {"kind": "provider", "name": "x"}, {"/body/institution_type", "/body/institution_code"},
    ),
    "unknown type": (
        {"kind": "provider", "name": "x", "institution_type": "bank", "institution_code": "H62050000009"},
        {"/body/institution_type"},
    ),
    "short code": (
        {"kind": "provider", "name": "x", "institution_type": "clinic", "institution_code": "H6205"},
        {"/body/institution_code"},
    ),
    "code with small letters": (
        {"kind": "provider", "name": "x", "institution_type": "clinic", "institution_code": "h62050000009"},
        {"/body/institution_code"},
    ),
    "code that begins with a digit": (
        {"kind": "provider", "name": "x", "institution_type": "clinic", "institution_code": "62050000009"},
        {"/body/institution_code"},
    ),
    "institution of an app": (
        {"kind": "app", "name": "x", **providers.institution()}, {"/body/institution_type", "/body/institution_code"},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_bodies(api, demo, name):
    body, pointers = WRONG[name]
    response = api.post(PATH, by=demo.admin, json=body)
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == pointers


def test_a_name_stands_once_among_those_that_are_not_closed(api, demo, new_client):
    first = new_client()
    response = api.post(PATH, by=demo.admin, json={"kind": "app", "name": first["name"]})
    check_problem(response, 409, "already_exists")
    other = new_client()
    url = f"{PATH}/{other['client_id']}"
    check_problem(api.patch(url, by=demo.admin, json={"name": first["name"]}), 409, "already_exists")
    assert api.patch(f"{PATH}/{first['client_id']}", by=demo.admin, json={"state": "closed"}).status_code == 200
    assert api.patch(url, by=demo.admin, json={"name": first["name"]}).json()["name"] == first["name"]


def test_one_of_many_that_ask_for_a_name_at_once_gets_it(api, demo):
    name = fresh_name()
    with ThreadPoolExecutor(8) as pool:
        bodies = [{"kind": "app", "name": name}] * 16
        seen = list(pool.map(lambda body: api.post(PATH, by=demo.admin, json=body).status_code, bodies))
    assert sorted(seen) == [201] + [409] * 15


def test_changes(api, demo, new_client):
    client = new_client()
    url = f"{PATH}/{client['client_id']}"
    name = fresh_name()
    changed = api.patch(url, by=demo.admin, json={"name": name, "contact": "服务大厅"}).json()
    assert {**client, "name": name, "contact": "服务大厅", "changed_at": changed["changed_at"]} == changed
    assert changed["changed_at"] > client["changed_at"]
    assert api.patch(url, by=demo.admin, json={"name": name}).json() == changed, "nothing was different"
    assert api.patch(url, by=demo.admin, json={}).json() == changed
    response = api.patch(url, by=demo.admin, json={"kind": "hotline"})
    assert faults(response) == {"/body/kind": "unknown"}


def test_closed_is_for_good(api, demo, new_client):
    url = f"{PATH}/{new_client()['client_id']}"
    closed = api.patch(url, by=demo.admin, json={"state": "closed"}).json()
    assert closed["state"] == "closed"
    for body in ({"state": "active"}, {"state": "suspended"}, {"name": fresh_name()}, {"contact": "x"}):
        check_problem(api.patch(url, by=demo.admin, json=body), 409, "not_allowed_in_status")
    assert api.patch(url, by=demo.admin, json={"state": "closed"}).json() == closed


def test_an_institution_is_registered_once(api, demo, new_client):
    first = new_client("provider", institution_type="pharmacy")
    url = f"{PATH}/{first['client_id']}"
    same = {"kind": "provider", "name": fresh_name(), "institution_type": "clinic"}
    same["institution_code"] = first["institution_code"]
    check_problem(api.post(PATH, by=demo.admin, json=same), 409, "already_exists")
    other = new_client("provider")
    body = {"institution_code": first["institution_code"]}
    check_problem(api.patch(f"{PATH}/{other['client_id']}", by=demo.admin, json=body), 409, "already_exists")
    assert api.patch(url, by=demo.admin, json={"state": "closed"}).status_code == 200
    check_problem(api.post(PATH, by=demo.admin, json=same), 409, "already_exists")


def test_one_of_many_that_ask_for_a_code_at_once_gets_it(api, demo):
    institution = providers.institution()
    with ThreadPoolExecutor(8) as pool:
        bodies = [{"kind": "provider", "name": fresh_name(), **institution} for _ in range(16)]
        seen = list(pool.map(lambda body: api.post(PATH, by=demo.admin, json=body).status_code, bodies))
    assert sorted(seen) == [201] + [409] * 15


def test_an_institution_is_corrected(api, demo, sql, new_client):
    client = new_client("provider", institution_type="clinic")
    url, code = f"{PATH}/{client['client_id']}", providers.institution_code()
    changed = api.patch(url, by=demo.admin, json={"institution_type": "hospital", "institution_code": code}).json()
    assert {**client, "institution_type": "hospital", "institution_code": code, "changed_at": changed["changed_at"]} == changed
    assert api.get(url, by=demo.admin).json() == changed
    (detail,) = sql.execute(
        "SELECT detail FROM audit_event WHERE object_id = %s AND action = 'update_client'", [client["client_id"]]
    ).fetchone()
    assert detail == {"state": "active", "institution_type": "hospital", "institution_code": code}
    malformed = api.patch(url, by=demo.admin, json={"institution_code": "x-1-2-3"})
    assert faults(malformed) == {"/body/institution_code": "malformed"}
    app = f"{PATH}/{new_client()['client_id']}"
    assert faults(api.patch(app, by=demo.admin, json={"institution_code": code})) == {"/body/institution_code": "not_allowed"}


def test_a_provider_of_before_institutions_were_kept_is_told_both(api, demo, sql, new_client):
    client = new_client("provider")
    sql.execute("DELETE FROM provider WHERE provider_id = %s", [client["client_id"]])
    url = f"{PATH}/{client['client_id']}"
    assert api.get(url, by=demo.admin).json()["institution_code"] is None
    code = providers.institution_code()
    response = api.patch(url, by=demo.admin, json={"institution_code": code})
    assert faults(response) == {"/body/institution_type": "required"}
    body = {"institution_type": "pharmacy", "institution_code": code}
    assert api.patch(url, by=demo.admin, json=body).json().items() >= body.items()


def works(api, token):
    """A client is let in everywhere as far as 403; without a token that works it is 401."""
    return api.get("/v1/me", by=token).status_code == 403


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_tokens_rest_with_their_client_within_a_second(api, demo, new_token, state):
    token = new_token("client")
    url = f"{PATH}/{token.subject_id}"
    assert works(api, token)
    assert api.patch(url, by=demo.admin, json={"state": state}).status_code == 200
    since = time.monotonic()
    api.wait_for_status("/v1/me", token, 401)
    assert time.monotonic() - since < SUSPENSION_S + 1  # what one request may take on a busy machine
    time.sleep(max(0, since + SUSPENSION_S - time.monotonic()))
    assert not any(works(api, token) for _ in range(8))
    refused = api.post("/v1/admin/tokens", by=demo.admin, json={"kind": "client", "subject_id": token.subject_id})
    assert faults(refused) == {"/body/subject_id": "unknown"}
    if state == "suspended":
        assert api.patch(url, by=demo.admin, json={"state": "active"}).status_code == 200
        api.wait_for_status("/v1/me", token, 403)


def test_who_may_manage_which(api, demo, officer, new_client):
    """Officers see and change the clients all of whose regions they cover, and no others."""
    clients = {
        "nation": new_client(regions=["000000"]),
        "province": new_client(regions=["620000"]),
        "pool": new_client(regions=["620500"]),
        "two pools": new_client(regions=["620500", "440300"]),
    }
    may = {
        ("000000",): set(clients),
        ("620000",): {"province", "pool"},
        ("620500",): {"pool"},
        ("620500", "440300"): {"pool", "two pools"},
        ("110000",): set(),
    }
    for regions, covered in may.items():
        by = officer(*regions)
        listed = {row["client_id"] for row in api.pages(PATH, by=by)}
        for name, client in clients.items():
            url = f"{PATH}/{client['client_id']}"
            status = 200 if name in covered else 404
            assert (client["client_id"] in listed) == (name in covered)
            assert api.get(url, by=by).status_code == status
            assert api.patch(url, by=by, json={"contact": "x"}).status_code == status
            body = {"kind": "client", "subject_id": client["client_id"]}
            assert api.post("/v1/admin/tokens", by=by, json=body).status_code == (201 if name in covered else 400)


def test_officers_manage_tokens_of_their_clients_only(api, demo, officer, new_token):
    tokens = {region: new_token("client", client_regions=[region]) for region in ("000000", "620000", "620500")}
    for region, seen in (("620500", {"620500"}), ("620000", {"620000", "620500"}), ("110000", set())):
        by = officer(region)
        listed = {row["token_id"] for row in api.pages("/v1/admin/tokens", by=by, params={"kind": "client"})}
        for of, token in tokens.items():
            assert (token.token_id in listed) == (of in seen)
            url = f"/v1/admin/tokens/{token.token_id}"
            assert api.get(url, by=by).status_code == (200 if of in seen else 404)
            if of not in seen:
                check_problem(api.delete(url, by=by), 404, "not_found")
                assert works(api, token)
    assert api.delete(f"/v1/admin/tokens/{tokens['620500'].token_id}", by=officer("620500")).status_code == 204


def test_nobody_registers_for_regions_that_are_not_theirs(api, officer):
    by = officer("620000")
    for regions, pointers in (
        (None, {"/body/regions": "required"}),
        (["000000"], {"/body/regions/0": "not_allowed"}),
        (["620500", "440300"], {"/body/regions/1": "not_allowed"}),
    ):
        body = {"kind": "app", "name": fresh_name(), **({"regions": regions} if regions else {})}
        assert faults(api.post(PATH, by=by, json=body)) == pointers
    assert api.post(PATH, by=by, json={**body, "regions": ["620500"]}).status_code == 201


def test_a_client_that_is_not_there(api, demo):
    url = f"{PATH}/{uuid.uuid4()}"
    check_problem(api.get(url, by=demo.admin), 404, "not_found")
    check_problem(api.patch(url, by=demo.admin, json={"state": "closed"}), 404, "not_found")


def test_the_list(api, demo, new_client):
    made = [new_client("terminal", regions=["659001"])["client_id"] for _ in range(5)]
    for client_id in made[:2]:
        api.patch(f"{PATH}/{client_id}", by=demo.admin, json={"state": "suspended"})
    mine = {row["client_id"] for row in api.pages(PATH, by=demo.admin, params={"kind": "terminal"})}
    assert set(made) <= mine
    suspended = api.pages(PATH, by=demo.admin, params={"kind": "terminal", "state": "suspended"})
    assert set(made[:2]) <= {row["client_id"] for row in suspended}
    assert {row["state"] for row in suspended} == {"suspended"}
    everything = [row["client_id"] for row in api.pages(PATH, by=demo.admin)]
    assert everything == sorted(everything, reverse=True)
    listing.check_limits(api, PATH, demo.admin)
    listing.check_link(api, PATH, demo.admin)


def test_registering_and_changing_is_recorded(api, demo, sql, new_client):
    client = new_client()
    for state in ("suspended", "suspended", "closed"):
        api.patch(f"{PATH}/{client['client_id']}", by=demo.admin, json={"state": state})
    events = sql.execute(
        "SELECT action, actor_kind FROM audit_event WHERE object_id = %s ORDER BY at", [client["client_id"]]
    ).fetchall()
    assert events == [("create_client", "staff"), ("update_client", "staff"), ("update_client", "staff")]
