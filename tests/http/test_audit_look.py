"""A look of staff at a person's data leaves exactly one record, before the answer, also when nothing was found."""
# SPDX-License-Identifier: Apache-2.0
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.harness import money
from tests.harness.operations import OPERATIONS
from tests.harness.wire import Wire, get

PERSONAL = [o for o in OPERATIONS if o.is_look]


def events(sql, request_id):
    """Read on another connection, so only what is committed shows."""
    return sql.execute(
        "SELECT action, actor_kind, actor_id::text, person_key, object_id::text FROM audit_event WHERE request_id = %s",
        [request_id],
    ).fetchall()


def snake(name):
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def look(api, operation, by, **ids):
    request_id = uuid.uuid4().hex
    response = api.get(operation.url(**ids), by=by, headers={"X-Request-Id": request_id}, params=operation.required_query)
    assert response.headers["x-request-id"] == request_id
    return response, request_id


@pytest.fixture(scope="module")
def staff(api, new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture(scope="module")
def staff_elsewhere(new_token):
    return new_token("staff", roles=["auditor"], regions=["230000"])


@pytest.mark.parametrize("operation", PERSONAL, ids=str)
def test_one_record_for_each_look(api, demo, sql, staff, staff_elsewhere, operation):
    citizen = demo.employee
    ids = {"person_id": citizen.person_id, "account_id": citizen.account_id}
    absent = str(uuid.uuid4())
    for by, sought, status in (
        (staff, ids, 200),
        (staff, ids, 200),
        (staff_elsewhere, ids, 404),
        (staff, dict.fromkeys(ids, absent), 404),
    ):
        response, request_id = look(api, operation, by, **sought)
        assert response.status_code == status
        (record,) = events(sql, request_id)
        object_id = sought[operation.path_parameters[0]]
        assert record == (snake(operation.name), "staff", by.subject_id, money.key_of(object_id), object_id)


@pytest.mark.parametrize("operation", PERSONAL, ids=str)
def test_ones_own_data_leaves_none(api, demo, sql, operation):
    citizen = demo.employee
    response, request_id = look(api, operation, citizen, person_id=citizen.person_id, account_id=citizen.account_id)
    assert response.status_code == 200
    assert events(sql, request_id) == []


def test_not_modified_is_a_look_too(api, demo, sql, staff):
    url = f"/v1/accounts/{demo.employee.account_id}/balance"
    tag = api.get(url, by=staff).headers["etag"]
    request_id = uuid.uuid4().hex
    assert api.get(url, by=staff, headers={"If-None-Match": tag, "X-Request-Id": request_id}).status_code == 304
    assert len(events(sql, request_id)) == 1


def test_refused_before_anything_was_looked_up(api, demo, sql, new_token):
    policy = new_token("staff", roles=["policy"], regions=["000000"])
    operation = PERSONAL[0]
    response, request_id = look(api, operation, policy, person_id=demo.employee.person_id)
    assert response.status_code == 403 and events(sql, request_id) == []


def test_many_looks_at_once_are_all_recorded(server, demo, sql, staff):
    url = f"/v1/accounts/{demo.employee.account_id}/balance"

    def one(request_id):
        with Wire(server) as wire:
            wire.send(get(url, f"Authorization: Bearer {staff.token}", f"X-Request-Id: {request_id}"))
            return wire.receive().status

    request_ids = [uuid.uuid4().hex for _ in range(200)]
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(one, request_ids)) == {200}
    recorded = sql.execute("SELECT request_id FROM audit_event WHERE request_id = ANY (%s)", [request_ids]).fetchall()
    assert sorted(recorded) == sorted((request_id,) for request_id in request_ids)
