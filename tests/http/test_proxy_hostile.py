"""Through HAProxy no raw request gets a second one served, hangs, or is taken for a good one unless it is listed here."""
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import pathlib
import shutil

import pytest
from tests.harness import proxy
from tests.http.hostile_requests import CASES, CLOSED, FOLLOWER, FOLLOWER_ID, SMUGGLED_ID
from tests.http.raw import converse
from tests.http.test_oversize import REFUSED

pytestmark = pytest.mark.skipif(not shutil.which("haproxy"), reason="HAProxy is not installed")
HANG_S = 10
TOGETHER = 8
REFUSALS = {CLOSED, 400, 404, 413, 414, 431, 501}
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "hostile-framing.md"
# What yibaod refuses and HAProxy takes: it reads it in one way, and writes it anew without doubt before yibaod sees it.
TAKEN = {
    "length_and_coding", "coding_and_length_hiding_a_request", "length_and_coding_on_get", "length_twice_the_same",
    "length_list", "line_two_blanks", "line_tabs", "host_twice_the_same", "fold_of_coding", "fold_hiding_a_coding",
    "fold_of_value", "bare_lf", "bare_lf_once", "bare_lf_at_the_end",
}  # fmt: skip


@pytest.fixture(scope="module")
def front(start_server_of_module, tmp_path_factory):
    server = start_server_of_module({"YIBAO_PROXY_ADDRESSES": "127.0.0.1"})
    with proxy.in_front_of(server, tmp_path_factory.mktemp("proxy")) as front:
        yield front


def talks(front, cases):
    """(name, conversation) of each, some at a time."""
    def one(case):
        return case[0], converse(front, case[1] + FOLLOWER, wanted=2, quiet_s=1)

    with concurrent.futures.ThreadPoolExecutor(TOGETHER) as pool:
        yield from pool.map(one, cases)


def faults_of(talk):
    """What must not be, whatever was sent."""
    ids = [reply.header("x-request-id") for reply in talk.replies]
    if SMUGGLED_ID in ids:
        yield "a request hidden in another was served"
    if len(talk.replies) > 2 or (len(talk.replies) == 2 and ids[1] != FOLLOWER_ID):
        yield f"more was answered than was asked: {ids}"
    if talk.seconds > HANG_S:
        yield "hangs"
    for reply in talk.replies:
        if reply.status >= 500 and reply.status != 501:
            yield f"{reply.status}"
        if reply.status >= 400 and not reply.is_problem():
            yield f"{reply} has not the form of the API"


def test_nothing_is_served_that_was_hidden(front):
    faults, taken = [], set()
    cases = {case.name: case for case in CASES}
    for name, talk in talks(front, [(case.name, case.raw) for case in CASES]):
        faults += [(name, fault) for fault in faults_of(talk)]
        first = talk.statuses[0] if talk.statuses else CLOSED
        if first not in REFUSALS and first not in cases[name].first:
            taken.add(name)
    assert faults == []
    assert taken == TAKEN
    assert converse(front, FOLLOWER, quiet_s=0.01).statuses == [200]


def test_what_is_taken_is_documented():
    text = DOCUMENT.read_text()
    assert [name for name in TAKEN if f"`{name}`" not in text] == []


def test_what_is_too_large_is_refused(front):
    faults = []
    for name, talk in talks(front, [(name, raw) for name, raw, _ in REFUSED]):
        first = talk.statuses[0] if talk.statuses else CLOSED
        faults += [(name, fault) for fault in faults_of(talk)]
        if first not in REFUSALS | {401, 408}:
            faults.append((name, first))
    assert faults == []
