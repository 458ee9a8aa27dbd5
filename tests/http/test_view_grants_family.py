"""Family members are granted a look by their membership; sharing alone shows nothing, and a child's guardian looks for it."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import family, records, viewing
from tests.harness.problems import check_problem


@pytest.fixture
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture
def shared(api, sql, operator, new_token):
    return family.owner(api, sql, operator, new_token)


def look(api, account, by):
    return api.get(f"/v1/accounts/{account.account_id}/balance", by=by).status_code


def grant(api, account, family_member_id, by=None):
    return api.post(viewing.grants_of(account), by=by or account.by, json={"family_member_id": family_member_id, "scope": "balance"},
                    headers=family.key())


def test_who_may_spend_sees_nothing_until_it_is_granted(api, operator, new_token, shared):
    member = family.relative(api, operator, new_token)
    family_member_id = family.share(api, shared, member)
    assert look(api, shared, member.by) == 404
    made = grant(api, shared, family_member_id).json()
    assert made["family_member_id"] == family_member_id and made["name"] == member.name[0] + "*"
    assert look(api, shared, member.by) == 200
    assert viewing.revoke(api, made["view_grant_id"], member.by).status_code == 200
    assert look(api, shared, member.by) == 404


def test_an_invitation_that_is_not_accepted_is_none(api, operator, new_token, shared):
    invited = family.invited(api, shared, family.relative(api, operator, new_token))
    refused = grant(api, shared, invited)
    check_problem(refused, 409, "not_possible_now")
    assert refused.json()["state"] == "invited" and set(refused.json()["possible"]) == {"accept", "cancel", "decline"}


def test_a_childs_guardian_looks_in_its_place(api, operator, new_token, shared):
    guardian, child = family.relative(api, operator, new_token), family.minor(api, operator, new_token, year=2012)
    family_member_id = family.share(api, shared, child, guardian=guardian, relation="grandchild")
    assert grant(api, shared, family_member_id).status_code == 201
    assert (look(api, shared, guardian.by), look(api, shared, child.by)) == (200, 404)


def test_who_has_come_of_age_looks_without_a_guardian(api, sql, operator, new_token, shared):
    guardian, child = family.relative(api, operator, new_token), family.minor(api, operator, new_token, year=2012)
    family_member_id = family.share(api, shared, child, guardian=guardian, relation="grandchild")
    sql.execute("UPDATE person SET birth_date = '2000-01-01' WHERE person_id = %s", [child.person_id])
    assert grant(api, shared, family_member_id).status_code == 201
    assert (look(api, shared, guardian.by), look(api, shared, child.by)) == (404, 200)


def test_only_the_owner_names_a_member(api, sql, operator, new_token, shared):
    """The same answer for another owner's member as for none."""
    other = family.owner(api, sql, operator, new_token)
    foreign = family.share(api, other, family.relative(api, operator, new_token, pool_code=records.POOL))
    for family_member_id in (foreign, str(uuid.uuid4())):
        check_problem(grant(api, shared, family_member_id), 404, "not_found")
    check_problem(grant(api, shared, foreign, by=other.by), 404, "not_found")
