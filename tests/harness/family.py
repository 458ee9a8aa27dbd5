"""Relatives who share accounts over HTTP: each owner and relative is somebody new, insured in a pool."""
# SPDX-License-Identifier: Apache-2.0
import types
import uuid

from tests.harness import entering, records
from tests.harness.people import Principal

PATH = "/v1/family-members"
NAME = "钱多多"
NOBODY = types.SimpleNamespace(citizen_number="11010519491231002X", name=NAME)  # a number that nobody has


def key():
    return {"Idempotency-Key": str(uuid.uuid4())}


def owner(api, sql, operator, new_token, pool_code=records.POOL, year=1980, **changes):
    """Somebody with an employee enrolment and its account: person_id, account_id, citizen_number, name, by."""
    number = entering.fresh_number(year)
    made = records.insured(api, sql, operator, new_token, pool_code, citizen_number=number, **changes)
    made.citizen_number, made.name = number, changes.get("name", NAME)
    made.by = Principal(made.token, "citizen", person_id=made.person_id, account_id=made.account_id)
    return made


def relative(api, operator, new_token, pool_code=records.POOL, year=1985, is_enrolled=True, **changes):
    """Somebody with a resident enrolment, without account."""
    number = entering.fresh_number(year)
    person_id = entering.create(api, operator, citizen_number=number, pool_code=pool_code, **changes).json()["person_id"]
    if is_enrolled:
        made = api.post(f"/v1/admin/people/{person_id}/enrolments", by=operator, json={
            "pool_code": pool_code, "scheme": "resident", "started_on": "2020-01-01", "account_mode": "pooled_only",
            "payer_kind": "self"})
        assert made.status_code == 201, made.text
    token = new_token("citizen", subject_id=person_id)
    return types.SimpleNamespace(
        person_id=person_id, citizen_number=number, name=changes.get("name", NAME), pool_code=pool_code,
        token=token.token, by=Principal(token.token, "citizen", person_id=person_id))


def minor(api, operator, new_token, **changes):
    return relative(api, operator, new_token, **{"year": 2015, **changes})


def body(member, relation="spouse", guardian=None, **changes):
    fields = {"relation": relation, "citizen_number": member.citizen_number, "name": member.name}
    if guardian is not None:
        fields |= {"guardian_citizen_number": guardian.citizen_number, "guardian_name": guardian.name}
    return {**fields, **changes}


def invite(api, shared, member, by=None, headers=None, **changes):
    """The reply to an invitation by the owner, unless `by` says who enters it."""
    return api.post(f"/v1/accounts/{shared.account_id}/family-members", by=by or shared.by, headers=headers or key(),
                    json=body(member, **changes))


def invited(api, shared, member, **changes):
    response = invite(api, shared, member, **changes)
    assert response.status_code == 201, response.text
    return response.json()["family_member_id"]


def step(api, by, family_member_id, what, headers=None, **rest):
    """What: acceptance, refusal, cancellation, end, or limits with json=."""
    send = api.put if what == "limits" else api.post
    return send(f"{PATH}/{family_member_id}/{what}", by=by, headers=headers or key(), **rest)


def stepped(api, by, family_member_id, what, **rest):
    response = step(api, by, family_member_id, what, **rest)
    assert response.status_code == 200, response.text
    return response.json()


def share(api, shared, member, guardian=None, **changes):
    """The id of a member who has agreed."""
    family_member_id = invited(api, shared, member, guardian=guardian, **changes)
    stepped(api, (guardian or member).by, family_member_id, "acceptance")
    return family_member_id
