"""Reads, imports and staff's work amid kills and cuts: answers are right or 503, rows and decisions are there once, and on record."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.faults.scenarios import SCENARIOS


@pytest.mark.parametrize(("harm", "rounds"), [("servers killed", 4), ("PostgreSQL killed", 2), ("connections cut", 3)])
def test_offices(harm, rounds, directory, seed):
    figures = SCENARIOS[f"reads, staff and imports: {harm}"].run(directory, seed, rounds)
    assert figures.lost == figures.doubled == 0
    for what in ("right answers", "people entered", "decisions on record", "rows imported", "looks on record"):
        assert figures.count[what] > 0, f"{what}: {figures.count}"
