"""kill -9 of servers and of PostgreSQL under load: nothing acknowledged is lost, nothing is done twice."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.faults.scenarios import SCENARIOS


@pytest.mark.parametrize(
    ("name", "rounds"),
    [
        ("servers killed", 30),
        ("server killed, six accounts", 20),
        ("PostgreSQL killed", 10),
        ("server and PostgreSQL killed", 3),
    ],
)
def test_killed(name, rounds, directory, seed):
    figures = SCENARIOS[name].run(directory, seed, rounds)
    assert figures.lost == figures.doubled == 0
    assert sum(figures.harm.values()) == rounds
    assert in_flight(name, figures) > 0, "a run in which nothing was in flight proves nothing"


def test_credit_runs_killed(directory, seed):
    figures = SCENARIOS["credit runs killed"].run(directory, seed, 9)
    assert sum(figures.harm.values()) == 9 and figures.count["acknowledged"] > 0


def in_flight(name, figures):
    """
    What was under way when the harm was done: requests without a clear answer. Where only PostgreSQL goes, the server repeats
    writes by itself, and hardly a client ever sees that; it counts the batches that it lost.
    """
    return figures.count.get("batches done again" if name == "PostgreSQL killed" else "unknown", 0)
