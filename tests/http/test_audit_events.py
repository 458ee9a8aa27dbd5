"""The log of audit events over HTTP: newest first, by filters, in regions, itself recorded, and flat in cost."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import pathlib
import uuid

import pytest
from tests.harness import money
from tests.harness.entering import create, fresh_number
from tests.harness.problems import check_problem, faults
from tests.http import listing

PATH = "/v1/admin/audit-events"
STATEMENT = pathlib.Path("db/queries/audit_event_list.sql")


@pytest.fixture(scope="module")
def auditor(new_token):
    return new_token("staff", roles=["auditor"], regions=["000000"])


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["620500"])


@pytest.fixture(scope="module")
def seen_person(api, operator):
    """Somebody entered in Tianshui and looked at three times since."""
    person_id = create(api, operator).json()["person_id"]
    for what in ("accounts", "enrolments", "contributions"):
        assert api.get(f"/v1/people/{person_id}/{what}", by=operator).status_code == 200
    return person_id


def events(api, by, status=200, **params):
    response = api.get(PATH, by=by, params=params)
    assert response.status_code == status, response.text
    return response.json()["data"]


def all_events(api, by, **params):
    """Pages to the end, of which some may not be full."""
    rows, cursor = [], None
    while True:
        body = api.get(PATH, by=by, params={**params, "limit": 100, **({"cursor": cursor} if cursor else {})}).json()
        rows, cursor = rows + body["data"], body["next_cursor"]
        if not body["has_more"]:
            return rows


def test_what_an_operator_did_to_a_person(api, auditor, operator, seen_person):
    rows = events(api, auditor, person_id=seen_person, actor_id=operator.subject_id)
    assert [row["action"] for row in rows] == [
        "list_person_contributions", "list_person_enrolments", "list_person_accounts", "create_person",
    ]  # fmt: skip
    made = rows[-1]
    assert made["person_id"] == made["object_id"] == seen_person
    assert (made["actor_kind"], made["actor_id"], made["pool_code"]) == ("staff", operator.subject_id, "620500")
    assert made["detail"] == {"outcome": "created", "certificate_kind": "citizen_number"}
    assert rows[0]["detail"] is None
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)


def test_reading_the_log_is_in_the_log(api, auditor, seen_person, sql):
    for params, key in (({}, None), ({"person_id": seen_person}, money.key_of(seen_person))):
        response = api.get(PATH, by=auditor, params=params)
        recorded = sql.execute(
            "SELECT action, person_key, object_id::text, actor_id::text FROM audit_event WHERE request_id = %s",
            [response.headers["x-request-id"]],
        ).fetchall()
        assert recorded == [("list_audit_events", key, params.get("person_id"), auditor.subject_id)]
        assert response.json()["data"][0]["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("names", "condition"),
    [
        (["person_id"], "person_key = %(key)s"),
        (["actor_id"], "actor_id = %(actor_id)s"),
        (["action"], "action = %(action)s"),
        (["actor_id", "action"], "actor_id = %(actor_id)s AND action = %(action)s"),
        (["person_id", "action", "actor_id"], "person_key = %(key)s AND action = %(action)s AND actor_id = %(actor_id)s"),
        (["from", "action"], "at >= %(from)s AND action = %(action)s"),
        (["from", "to"], "at BETWEEN %(from)s AND %(to)s"),
        (["to", "actor_id"], "at <= %(to)s AND actor_id = %(actor_id)s"),
    ],
)
def test_filters(api, auditor, operator, seen_person, sql, names, condition):
    instants = sql.execute("SELECT at FROM audit_event WHERE at <= now() ORDER BY at DESC LIMIT 40").fetchall()
    values = {"person_id": seen_person, "actor_id": operator.subject_id, "action": "list_person_accounts",
              "from": instants[-1][0].isoformat(), "to": instants[10][0].isoformat()}  # fmt: skip
    params = {name: values[name] for name in names}
    rows = [row["event_id"] for row in all_events(api, auditor, **params)]
    expected = sql.execute(
        f"SELECT event_id::text FROM audit_event WHERE {condition} AND NOT (action = 'list_audit_events' AND at > %(begin)s)"
        " ORDER BY at DESC, event_id DESC",
        {**values, "key": money.key_of(seen_person), "begin": instants[0][0]},
    ).fetchall()
    own = sql.execute(
        "SELECT event_id::text FROM audit_event WHERE action = 'list_audit_events' AND at > %s", [instants[0][0]]
    ).fetchall()
    assert [e for e in rows if (e,) not in own] == [event_id for (event_id,) in expected] != []


def test_paging(api, auditor, demo, new_token):
    listing.check_limits(api, PATH, auditor)
    listing.check_link(api, PATH, auditor)
    other = new_token("staff", roles=["auditor"], regions=["000000"])
    listing.check_cursors(api, PATH, auditor, other, "/v1/regions", ({"action": "create_person"}, {"from": "2020-01-01T00:00:00Z"}))


def test_pages_hold_each_event_once(api, auditor, operator, seen_person):
    expected = [row["event_id"] for row in events(api, auditor, actor_id=operator.subject_id, limit=100)]
    listing.check_pages(api, PATH, auditor, expected, "event_id", {"actor_id": operator.subject_id}, limits=(100, 2, 1))


def test_an_auditor_of_a_region_sees_its_people_and_its_pools(api, new_token, seen_person, demo, sql):
    near, far = (new_token("staff", roles=["auditor"], regions=[region]) for region in ("620500", "440300"))
    assert {row["action"] for row in events(api, near, person_id=seen_person)} >= {"create_person", "list_person_accounts"}
    assert {row["action"] for row in all_events(api, far, person_id=seen_person)} == set()
    policy = demo.staff("policy")
    body = {"name": "深圳市", "connected": True, "account_year_starts_month": 1, "policy_parent_code": "440000", "reason": "核对"}
    assert api.put("/v1/admin/pools/440300", by=policy, json=body).status_code == 200
    assert [row["pool_code"] for row in all_events(api, far, action="put_pool")] == ["440300"]
    assert "440300" not in {row["pool_code"] for row in all_events(api, near, action="put_pool")}
    for by in (near, far):
        for row in all_events(api, by):
            assert row["person_id"] or row["pool_code"]


def test_an_event_of_a_region_does_not_tell_who_lives_elsewhere(api, new_token):
    """Whose number was entered a second time, the region's log does not say unless that person is the region's."""
    number = fresh_number()
    everywhere = new_token("staff", roles=["operator", "auditor"], regions=["000000"])
    known = create(api, everywhere, citizen_number=number, pool_code="440300").json()["person_id"]
    clerk, auditor = (new_token("staff", roles=[role], regions=["620500"]) for role in ("operator", "auditor"))
    refused = create(api, clerk, status=409, citizen_number=number)
    (event,) = [row for row in all_events(api, auditor, actor_id=clerk.subject_id) if row["action"] == "create_person"]
    assert event["request_id"] == refused.headers["x-request-id"] and event["person_id"] is None
    assert [row["person_id"] for row in events(api, everywhere, actor_id=clerk.subject_id)] == [known]


def test_a_region_with_little_in_a_long_log(api, new_token, operator, sql):
    """Its auditor gets there page by page, each of which looks through a bounded number of events."""
    action = "test_" + uuid.uuid4().hex[:8]
    auditor = new_token("staff", roles=["auditor"], regions=["510100"])
    start = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc)
    with sql.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (event_id, at, actor_kind, action, pool_code) SELECT gen_random_uuid(), %s::timestamptz"
            " + n * interval '1 second', 'system', %s, CASE WHEN n = ANY ('{1,1700,2500}') THEN '510100' ELSE '510300' END"
            " FROM generate_series(1, 2500) AS n",
            [start, action],
        )
    first = api.get(PATH, by=auditor, params={"action": action}).json()
    assert len(first["data"]) == 2 and first["has_more"]
    rows = all_events(api, auditor, action=action)
    seconds = [(datetime.datetime.fromisoformat(row["at"]) - start).total_seconds() for row in rows]
    assert seconds == [2500, 1700, 1]


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, {"/query/to": "too_small"}),
        ({"from": "2026-01-01", "person_id": "x", "action": "a"},
         {"/query/from": "malformed", "/query/person_id": "malformed", "/query/action": "too_short"}),
        ({"actor": "x"}, {"/query/actor": "unknown"}),
    ],
)  # fmt: skip
def test_wrong_filters(api, auditor, params, wrong):
    response = api.get(PATH, by=auditor, params=params)
    check_problem(response, 400, "validation_failed")
    assert faults(response) == wrong


WAYS = {
    "all": ("NULL", "NULL", "NULL"),
    "person": ("%(key)s", "NULL", "NULL"),
    "actor": ("NULL", "%(actor)s", "NULL"),
    "action": ("NULL", "NULL", "'create_person'"),
    "action never seen": ("NULL", "NULL", "'never_done'"),
}


@pytest.fixture(scope="module")
def long_log(connect):
    """A connection that sees 60,000 events, of which a person, an actor and an action have many; and the actor."""
    with connect() as connection, connection.transaction(force_rollback=True):
        actor = str(uuid.uuid4())
        connection.execute(
            "INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key)"
            " SELECT gen_random_uuid(), now() - n * interval '1 minute', 'staff', CASE WHEN n %% 3 = 0 THEN %s::uuid"
            " ELSE gen_random_uuid() END, CASE WHEN n %% 5 = 0 THEN 'create_person' ELSE 'get_person' END, n %% 70 + 1"
            " FROM generate_series(1, 60000) AS n",
            [actor],
        )
        connection.execute("ANALYZE audit_event")
        connection.execute(
            "PREPARE page (text, bigint, uuid, text, timestamptz, timestamptz, timestamptz, uuid, bigint, bigint) AS "
            + STATEMENT.read_text(encoding="utf-8")
        )
        yield connection, actor
        connection.execute("DEALLOCATE page")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_a_page_is_a_short_range_of_an_index(long_log, way, mode):
    """It reads about its own rows, however PostgreSQL plans."""
    connection, actor = long_log
    person, by, action = (value % {"key": 3, "actor": f"'{actor}'"} for value in WAYS[way])
    connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
    (rows,) = connection.execute(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE page (NULL, {person}, {by}, {action}, '-infinity', 'infinity',"
        " 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 2000, 21)"
    ).fetchone()
    read = [node for node in nodes(rows[0]["Plan"]) if node.get("Relation Name") == "audit_event" and node["Actual Loops"]]
    assert len(read) == 1 and read[0]["Node Type"] != "Seq Scan", read
    most = 900 if way == "person" else 100  # a person's are put in order with those of records merged into theirs
    assert read[0]["Actual Rows"] <= most and not read[0].get("Rows Removed by Filter"), read


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)
