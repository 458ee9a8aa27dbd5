"""No raw request, however framed, gets a second one served, an error that is not problem+json, or the server down."""
# SPDX-License-Identifier: Apache-2.0
import pathlib

import pytest
from tests.http.hostile_requests import CASES, CLOSED, FOLLOWER, FOLLOWER_ID, SMUGGLED_ID
from tests.http.raw import converse

HANG_S = 10
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "hostile-framing.md"


def ids_of(conversation):
    return [reply.header("x-request-id") for reply in conversation.replies]


@pytest.fixture(autouse=True)
def server_is_alive_afterwards(server):
    yield
    assert converse(server, FOLLOWER, quiet_s=0.01).statuses == [200]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(server, case):
    talk = converse(server, case.raw + FOLLOWER, wanted=2 if case.goes_on else 1, quiet_s=0.3 if case.goes_on else 12)
    assert SMUGGLED_ID not in ids_of(talk)
    assert talk.seconds < HANG_S, "the server let it hang"
    first = talk.statuses[0] if talk.statuses else CLOSED
    assert first in case.first, talk
    if case.goes_on and first not in case.refusals:
        assert talk.statuses[1:] == [200] and ids_of(talk)[1] == FOLLOWER_ID, talk
    else:
        assert len(talk.replies) <= 1 and talk.closed, talk
    for reply in talk.replies:
        assert reply.status < 400 or reply.is_problem(), reply


@pytest.mark.parametrize("case", [case for case in CASES if not case.goes_on], ids=lambda case: case.name)
def test_case_byte_after_byte(server, case):
    """How the bytes are cut into packets changes nothing."""
    cut = len(case.raw) // 2
    talk = converse(server, case.raw[:cut], case.raw[cut:] + FOLLOWER, wanted=1, quiet_s=12)
    assert (talk.statuses[0] if talk.statuses else CLOSED) in case.first, talk
    assert FOLLOWER_ID not in ids_of(talk)
    assert SMUGGLED_ID not in ids_of(talk)


def test_names_are_unique_and_many():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 80


def test_what_is_accepted_is_documented():
    text = DOCUMENT.read_text()
    for case in CASES:
        assert not case.why or f"`{case.name}`" in text
