"""Sessions terminated, connections cut, torn and frozen, packets dropped: every reply is the truth, and no thread waits."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.faults.network import can_unshare
from tests.faults.scenarios import SCENARIOS

STUCK_S = 15  # what must not be reached on any machine; docs/reliability.md has what is


def judge(figures):
    assert figures.lost == figures.doubled == 0
    assert figures.stuck_s < STUCK_S


def test_sessions_terminated(directory, seed):
    figures = SCENARIOS["sessions terminated"].run(directory, seed, 60)
    judge(figures)
    assert figures.harm["session terminated"] >= 100


def test_connections_cut(directory, seed):
    judge(SCENARIOS["connections cut"].run(directory, seed, 50))


def test_connections_frozen(directory, seed):
    judge(SCENARIOS["connections frozen"].run(directory, seed, 2))


@pytest.mark.skipif(not can_unshare(), reason="needs network namespaces, which only root can make")
def test_packets_dropped(directory, seed):
    judge(SCENARIOS["packets dropped"].run(directory, seed, 4))
