"""The person reads who looked: every look by others, none of their own, newest first, in their language."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.harness import money
from tests.harness.consenting import agree, paths_of
from tests.harness.operations import OPERATIONS
from tests.harness.problems import check_problem
from tests.harness.server import ROOT
from tests.http import listing

PATH = "/v1/me/access-log"


@pytest.fixture(scope="module")
def citizen(demo):
    return demo.citizen("gap 2")


@pytest.fixture
def news(api, citizen):
    """What is new in the log since the test began."""
    seen = {event["event_id"] for event in api.pages(PATH, by=citizen, params={"by": "all"})}

    def new(**params):
        return [e for e in api.pages(PATH, by=citizen, params=params) if e["event_id"] not in seen]

    return new


def snake(name):
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def test_a_clients_looks(api, citizen, new_token, new_client, news):
    registered = new_client("app")
    client = new_token("client", subject_id=registered["client_id"])
    agree(api, client, citizen)
    for path in paths_of(citizen):
        assert api.get(path, by=client).status_code == 200
    events = news()
    assert events[-1]["action"] == "create_consent_request"
    looks = [event["action"] for event in events[:-1]][::-1]
    assert len(looks) == len(paths_of(citizen)) and looks[:2] == ["list_person_accounts", "get_account_balance"]
    for event in events:
        assert (event["by"], event["client_id"], event["client_kind"]) == ("client", client.subject_id, "app")
        assert event["client_name"] == registered["name"] and event["purpose"] == "在小程序中显示"
        assert event["roles"] == event["regions"] == []


def test_looks_of_staff_without_their_names(api, citizen, new_token, news):
    staff = new_token("staff", roles=["operator", "auditor"], regions=["620000", "440100"])
    api.get(f"/v1/people/{citizen.person_id}/accounts", by=staff)
    (event,) = news()
    assert event["by"] == "staff" and event["action"] == "list_person_accounts" and event["purpose"] is None
    assert event["roles"] == ["operator", "auditor"] and event["regions"] == ["620000", "440100"]
    assert event["client_id"] is event["client_name"] is event["client_kind"] is None
    assert staff.subject_id not in str(event)


def test_what_staff_looked_up_in_full_is_told_with_its_purpose(api, citizen, new_token, news):
    staff = new_token("staff", roles=["operator"], regions=["620500"])
    body = {"fields": ["phone"], "purpose": "identity_check"}
    assert api.post(f"/v1/people/{citizen.person_id}/disclosures", by=staff, json=body).status_code == 201
    (event,) = news()
    assert (event["text"], event["purpose"]) == ("查看了您的完整个人信息", "核对身份")


def test_ones_own_acts_only_when_asked_for(api, citizen, new_token, news):
    agree(api, new_token("client"), citizen)
    assert [event["action"] for event in news()] == ["create_consent_request"]
    assert [event["action"] for event in news(by="others")] == ["create_consent_request"]
    everything = news(by="all")
    assert [(e["action"], e["by"]) for e in everything] == [
        ("grant_consent_request", "citizen"), ("create_consent_request", "client"),
    ]  # fmt: skip


def test_reading_ones_own_data_and_the_log_leaves_nothing(api, citizen, news):
    for path in paths_of(citizen):
        assert api.get(path, by=citizen).status_code == 200
    assert news(by="all") == []


def test_both_languages(api, citizen, new_token, news):
    agree(api, new_token("client"), citizen)
    texts = {}
    for language in ("zh", "en"):
        rows = api.get(PATH, by=citizen, headers={"Accept-Language": language}).json()["data"]
        texts[language] = rows[0]["text"]
    assert texts == {"zh": "申请查看您的信息", "en": "Asked you for consent to see your data"}


def test_nobody_elses_events(api, demo, citizen, new_token):
    staff = new_token("staff", roles=["operator"], regions=["000000"])
    other = next(c for c in demo.citizens if c.account_id and c.person_id != citizen.person_id)
    api.get(f"/v1/people/{other.person_id}/accounts", by=staff)
    newest = api.get(PATH, by=other).json()["data"][0]
    assert newest["action"] == "list_person_accounts"
    assert newest["event_id"] not in {event["event_id"] for event in api.pages(PATH, by=citizen, params={"by": "all"})}


def test_events_of_a_record_that_was_merged_belong_to_the_person(api, sql, citizen, news):
    alias_id = uuid.uuid4()
    key = money.key_of(alias_id)
    instant = datetime.datetime.now(datetime.timezone.utc)
    sql.execute(
        "INSERT INTO audit_event (event_id, at, actor_kind, action, person_key) VALUES (%s, %s, 'command_line', 'x.y', %s)",
        [money.new_id(key), instant, key],
    )
    assert news() == []
    sql.execute(
        "INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)"
        " VALUES (%s, %s, %s, %s, 'merged', now())",
        [key, alias_id, money.key_of(citizen.person_id), citizen.person_id],
    )
    try:
        (event,) = news()
        assert (event["by"], event["action"]) == ("command_line", "x.y")
        assert event["text"] == "办理了与您的信息有关的业务", "an action without a sentence of its own"
    finally:
        sql.execute("DELETE FROM person_alias WHERE person_key = %s", [key])


def test_paging(api, citizen, new_token):
    staff = new_token("staff", roles=["operator"], regions=["000000"])
    for _ in range(7):
        api.get(f"/v1/people/{citizen.person_id}/accounts", by=staff)
    rows = api.pages(PATH, by=citizen)
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    assert len({row["event_id"] for row in rows}) == len(rows) >= 7
    assert api.pages(PATH, by=citizen, limit=3) == rows
    listing.check_limits(api, PATH, citizen)
    listing.check_link(api, PATH, citizen)


def test_events_of_one_instant_are_neither_repeated_nor_skipped(api, sql, citizen, news):
    key = money.key_of(citizen.person_id)
    instant = datetime.datetime.now(datetime.timezone.utc)
    ids = [str(money.new_id(key)) for _ in range(5)]
    for event_id in ids:
        sql.execute(
            "INSERT INTO audit_event (event_id, at, actor_kind, action, person_key) VALUES (%s, %s, 'system', 'x.y', %s)",
            [event_id, instant, key],
        )
    seen = [e["event_id"] for e in api.pages(PATH, by=citizen, limit=2) if e["event_id"] in ids]
    assert seen == sorted(ids, reverse=True)


def test_wrong_filters(api, citizen):
    check_problem(api.get(PATH, by=citizen, params={"by": "me"}), 400, "validation_failed")


def test_only_for_citizens(api, demo, new_token):
    for by in (demo.admin, new_token("client")):
        check_problem(api.get(PATH, by=by), 403, "forbidden")


PERSONAL = [o for o in OPERATIONS if {"person_id", "account_id"} & set(o.path_parameters) and {"staff", "client"} & set(o.kinds)]


@pytest.mark.parametrize("operation", PERSONAL, ids=str)
def test_what_can_be_done_with_a_person_has_a_sentence(operation):
    """Else the person reads only that something was done."""
    source = (ROOT / "api/access_log/action_text.c").read_text(encoding="utf-8")
    assert f'{{"{snake(operation.name)}",' in source

