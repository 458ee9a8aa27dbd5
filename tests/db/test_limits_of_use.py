"""Invitations of an owner and documents of a person are bounded by rows, also when each is taken back at once."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest

from tests.db import family_steps as sharing
from tests.db.charging import add_account
from tests.db.posting import INSTANT, make_id
from tests.db.transferring import DAY, apply

ALLOW = "UPDATE attempt_limit SET at_most = %s WHERE kind = %s AND window_s = %s"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def people(superuser):
    accounts = [add_account(superuser) for _ in range(2)]
    for account in accounts:
        sharing.enrol(superuser, account)
    return accounts


def invite(connection, account, relative, after):
    """The status of an invitation, which is taken back at once."""
    request = sharing.asked(connection, account, relative, instant=sharing.AT + after)
    (status,) = [row[0] for row in sharing.invite(connection, request)]
    if status == "created":
        taken = sharing.stepping(connection, account, request, instant=sharing.AT + after)
        assert sharing.step(connection, "cancel", taken)[0][0] == "done"
    return status


def test_inviting_and_taking_back_again_and_again(superuser, people):
    account, relative = people
    superuser.execute(ALLOW, [3, "invitation", 86400])
    superuser.execute(ALLOW, [5, "invitation", 2592000])
    assert [invite(superuser, account, relative, HOUR * n) for n in range(5)] == ["created"] * 3 + ["too_many_attempts"] * 2
    assert invite(superuser, relative, account, HOUR) == "created", "it is each owner's own"
    (wait_s,) = superuser.execute("SELECT family_invitation_wait(%s, %s)", [account.person_key, sharing.AT + HOUR * 5]).fetchone()
    assert wait_s == 19 * 3600, "when the first of the three is a day old"
    assert invite(superuser, account, relative, HOUR * 24) == "created"
    assert invite(superuser, account, relative, HOUR * 26) == "created"
    assert invite(superuser, account, relative, DAY * 20) == "too_many_attempts", "five in thirty days"
    assert invite(superuser, account, relative, DAY * 31) == "created"


def test_who_was_looked_up_for_an_invitation_too_many_finds_it(superuser, people):
    account, relative = people
    superuser.execute(ALLOW, [1, "invitation", 86400])
    assert invite(superuser, account, relative, HOUR) == "created"
    assert invite(superuser, account, relative, HOUR) == "too_many_attempts"
    refused = superuser.execute("SELECT detail ->> 'refused' FROM audit_event WHERE person_key = %s AND action = 'look_up_relative'"
                                " ORDER BY detail IS NULL DESC", [relative.person_key]).fetchall()
    assert refused == [(None,), ("too_many_invitations",)]


def hand_in(connection, moving, at):
    return connection.execute(
        "SELECT status FROM document_store('create_transfer_document', 'transfer', %s, %s, %s, 'other', 'image/png', 10, %s, %s, 1000, 20,"
        " 67108864, NULL, 'staff', gen_random_uuid(), %s, gen_random_uuid(), 'r', %s)",
        [moving.person_key, moving.transfer_id, make_id(moving.person_key), uuid.uuid4().bytes * 2, b"\1" + bytes(50),
         at, at]).fetchone()[0]


def test_documents_of_a_person_in_a_year(superuser):
    moving, other = apply(superuser, documents=False), apply(superuser, documents=False)
    superuser.execute(ALLOW, [2, "document", 31536000])
    assert [hand_in(superuser, moving, INSTANT + HOUR * n) for n in range(3)] == ["created", "created", "documents_full"]
    superuser.execute("UPDATE document SET removed_at = created_at")
    assert hand_in(superuser, moving, INSTANT + DAY) == "documents_full", "also those that were taken back"
    assert hand_in(superuser, other, INSTANT + DAY) == "created"
    assert hand_in(superuser, moving, INSTANT + DAY * 366) == "created"
