"""Each reason why an account is not shared: when somebody is invited, when they agree, and when it is to end."""
# SPDX-License-Identifier: Apache-2.0
import contextlib

import pytest
from tests.harness import charges, family, money

POOL = "450100"  # of a rule of its own
RULE = """
INSERT INTO family_rule (region_code, effective_from, relations, usages, members_max, is_one_group, least_days, invitation_days, reach,
                         is_wallet_allowed, source)
VALUES (%s, '2000-01-01', '{spouse,child}', '{medicine}', 2, false, 30, 10, 'region', false, 'test') ON CONFLICT DO NOTHING
"""


class Town:
    """Makes owners and relatives, and changes what is on record of them for as long as a block lasts."""

    def __init__(self, api, sql, operator, new_token):
        self.api, self.sql, self.operator, self.new_token = api, sql, operator, new_token
        sql.execute(RULE, [POOL])

    def owner(self, pool=POOL, **changes):
        return family.owner(self.api, self.sql, self.operator, self.new_token, pool, **changes)

    def relative(self, pool=POOL, **changes):
        return family.relative(self.api, self.operator, self.new_token, pool, **changes)

    def invite(self, shared, member, **changes):
        return family.invite(self.api, shared, member, **changes)

    def share(self, shared, member, **changes):
        return family.share(self.api, shared, member, **changes)

    def step(self, by, family_member_id, what, **rest):
        return family.step(self.api, by, family_member_id, what, **rest)

    @contextlib.contextmanager
    def row(self, table, person, change, back):
        key = money.key_of(person.person_id)
        self.sql.execute(f"UPDATE {table} SET {change} WHERE person_key = %s", [key])
        yield
        self.sql.execute(f"UPDATE {table} SET {back} WHERE person_key = %s", [key])

    @contextlib.contextmanager
    def status(self, shared, status):
        charges.set_status(self.sql, shared.account_id, status)
        yield
        charges.set_status(self.sql, shared.account_id, "active")


@pytest.fixture(scope="module")
def town(api, sql, demo, new_token):
    return Town(api, sql, demo.staff("operator"), new_token)


ENDED = ("enrolment", "status = 'ended', ended_on = started_on", "status = 'active', ended_on = NULL")
DEAD = ("person", "deceased_on = '2020-01-01'", "deceased_on = NULL")


def in_status(town, status):
    owner, relative = town.owner(), town.relative()
    with town.status(owner, status):
        return town.invite(owner, relative)


def without_enrolment(town):
    owner, relative = town.owner(), town.relative()
    with town.row("enrolment", owner, "status = 'suspended'", "status = 'active'"):
        return town.invite(owner, relative)


def of_somebody_dead(town):
    owner, relative = town.owner(), town.relative()
    with town.row(DEAD[0], relative, *DEAD[1:]):
        return town.invite(owner, relative)


def twice(town):
    owner, relative = town.owner(), town.relative()
    assert town.invite(owner, relative).status_code == 201
    return town.invite(owner, relative)


def of_a_member(town):
    owner, relative = town.owner(), town.relative()
    town.share(owner, relative)
    return town.invite(owner, relative)


def in_another_group(town, pool):
    """Guangzhou wants one group only; so nobody of such a group is taken elsewhere, either."""
    relative = town.relative("440100")
    town.share(town.owner("440100"), relative, relation="child")
    return town.invite(town.owner(pool), relative)


def in_a_full_group(town):
    owner = town.owner()
    town.share(owner, town.relative())
    assert town.invite(owner, town.relative(), relation="child").status_code == 201
    return town.invite(owner, town.relative(), relation="child")


def of_a_minor(town, guardian=None, **changes):
    return town.invite(town.owner(), town.relative(year=2015), relation="child", guardian=guardian, **changes)


REFUSED = {
    "suspended": ("account_suspended", lambda town: in_status(town, "suspended")),
    "frozen": ("account_frozen", lambda town: in_status(town, "frozen")),
    "closed": ("account_closed", lambda town: in_status(town, "closed")),
    "only to be spent from": ("scheme_cannot_share", lambda town: in_status(town, "spend_only")),
    "no active enrolment": ("scheme_cannot_share", without_enrolment),
    "relation": ("relation_not_allowed", lambda town: town.invite(town.owner(), town.relative(), relation="sibling")),
    "usage": ("usage_not_allowed", lambda town: town.invite(town.owner(), town.relative(), usages=["medicine", "device"])),
    "nobody": ("member_name_mismatch", lambda town: town.invite(town.owner(), family.NOBODY)),
    "not enrolled": ("member_not_enrolled", lambda town: town.invite(town.owner(), town.relative(is_enrolled=False))),
    "dead": ("member_not_enrolled", of_somebody_dead),
    "wrong name": ("member_name_mismatch", lambda town: town.invite(town.owner(), town.relative(), name="王五")),
    "wrong name of somebody not enrolled": (
        "member_name_mismatch", lambda town: town.invite(town.owner(), town.relative(is_enrolled=False), name="王五")),
    "invited": ("already_member", twice),
    "member": ("already_member", of_a_member),
    "another city": ("member_out_of_reach", lambda town: town.invite(town.owner(), town.relative("450200"))),
    "another province, without wallets": ("member_out_of_reach", lambda town: town.invite(town.owner(), town.relative("440100"))),
    "another group, by this region": ("member_in_other_group", lambda town: in_another_group(town, "440100")),
    "another group, by the other region": ("member_in_other_group", lambda town: in_another_group(town, "620500")),
    "full": ("family_full", in_a_full_group),
    "minor alone": ("guardian_needed", of_a_minor),
    "guardian of another name": ("guardian_not_accepted", lambda town: of_a_minor(town, town.relative(), guardian_name="王五")),
    "guardian who is nobody": ("guardian_not_accepted", lambda town: of_a_minor(town, family.NOBODY)),
    "guardian under age": ("guardian_not_accepted", lambda town: of_a_minor(town, town.relative(year=2014))),
    "guardian of an adult": (
        "guardian_not_accepted", lambda town: town.invite(town.owner(), town.relative(), guardian=town.relative())),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_invitation_is_refused(town, name):
    code, invite = REFUSED[name]
    response = invite(town)
    assert (response.status_code, response.json()["code"]) == (409, code), response.text


def test_who_is_insured_in_another_province_is_reached_by_wallet(town):
    made = town.invite(town.owner("620500"), town.relative("440100"))
    assert (made.status_code, made.json()["way"]) == (201, "wallet")
    near = town.invite(town.owner("620500"), town.relative("620900"))
    assert (near.status_code, near.json()["way"]) == (201, "direct")


def moved(town, relative):
    return town.row("enrolment", relative, "pool_code = '440100'", f"pool_code = '{POOL}'")


AGAIN = {
    "suspended": ("account_suspended", lambda town, owner, relative: town.status(owner, "suspended")),
    "not in use": ("scheme_cannot_share", lambda town, owner, relative: town.status(owner, "spend_only")),
    "owner not enrolled": ("scheme_cannot_share", lambda town, owner, relative: town.row(ENDED[0], owner, *ENDED[1:])),
    "relative not enrolled": ("member_not_enrolled", lambda town, owner, relative: town.row(ENDED[0], relative, *ENDED[1:])),
    "relative dead": ("member_not_enrolled", lambda town, owner, relative: town.row(DEAD[0], relative, *DEAD[1:])),
    "moved": ("member_out_of_reach", lambda town, owner, relative: moved(town, relative)),
}


@pytest.mark.parametrize("name", AGAIN)
def test_what_has_changed_since_is_judged_when_they_agree(town, api, name):
    code, changed = AGAIN[name]
    owner, relative = town.owner(), town.relative()
    family_member_id = family.invited(api, owner, relative)
    operator = town.new_token("staff", roles=["operator"], regions=["000000"])
    with changed(town, owner, relative):
        refused = town.step(operator, family_member_id, "acceptance")
    assert (refused.status_code, refused.json()["code"]) == (409, code), refused.text
    assert family.stepped(api, relative.by, family_member_id, "acceptance")["state"] == "active"


def test_of_two_groups_that_want_somebody_alone_the_first_gets_them(town, api):
    relative, owners = town.relative("440100"), [town.owner("440100") for _ in range(2)]
    one, two = (family.invited(api, owner, relative) for owner in owners)
    family.stepped(api, relative.by, one, "acceptance")
    refused = town.step(relative.by, two, "acceptance")
    assert (refused.status_code, refused.json()["code"]) == (409, "member_in_other_group")


@pytest.mark.parametrize("who", ["owner", "relative"])
def test_neither_side_ends_it_too_early(town, api, who):
    owner, relative = town.owner(), town.relative()
    family_member_id = town.share(owner, relative)
    refused = town.step({"owner": owner, "relative": relative}[who].by, family_member_id, "end")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_early_to_end")
    town.sql.execute("UPDATE family_member SET ends_not_before = ends_not_before - 30 WHERE family_member_id = %s", [family_member_id])
    assert family.stepped(api, {"owner": owner, "relative": relative}[who].by, family_member_id, "end")["state"] == "ended"


def test_a_use_that_the_region_does_not_open_is_not_allowed_afterwards_either(town):
    owner = town.owner()
    family_member_id = town.share(owner, town.relative())
    refused = town.step(owner.by, family_member_id, "limits", json={"usages": ["premium"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "usage_not_allowed")


# --- names are not guessed --------------------------------------------------------------------------------------------


def test_who_tries_names_for_a_number_is_stopped_also_with_the_right_one(town, api):
    owner, relative, other = town.owner(), town.relative(), town.owner()
    for name in ("王一", "王二", "王三", "王四", "王五"):
        assert town.invite(owner, relative, name=name).json()["code"] == "member_name_mismatch"
    stopped = town.invite(owner, relative)
    assert (stopped.status_code, stopped.json()["code"]) == (429, "too_many_attempts")
    assert int(stopped.headers["Retry-After"]) > 0
    assert town.invite(other, relative).status_code == 201  # others are not held up
    assert town.invite(owner, town.relative()).status_code == 201  # nor other relatives
    looks = api.get("/v1/me/access-log", by=relative.by).json()["data"]
    assert [row["action"] for row in looks].count("look_up_relative") == 6


def test_who_tries_many_numbers_is_stopped(town):
    owner = town.owner()
    for _ in range(10):
        assert town.invite(owner, town.relative(), name="王五").status_code == 409
    assert town.invite(owner, town.relative()).status_code == 429


def test_a_right_name_does_not_count_and_a_repetition_counts_once(town):
    owner, relative, headers = town.owner(), town.relative(), family.key()
    for _ in range(6):
        assert town.invite(owner, relative, headers=headers, name="王五").json()["code"] == "member_name_mismatch"
    assert town.invite(owner, relative).status_code == 201
