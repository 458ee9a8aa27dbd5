"""Credits of pensioners against a model of them in Python: random lives, no difference. A failure replays from its seed."""
# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from tests.db.credit_world import World

SEEDS = int(os.environ.get("YIBAO_MODEL_SEEDS", "6"))
FIRST = int(os.environ.get("YIBAO_MODEL_FIRST_SEED", "0"))
STEPS = 60
WHAT = ("runs",) * 7 + ("recomputes",) * 3 + ("tick",) * 4 + ("new_version", "moves", "retires", "changes_enrolment", "dies",
                                                             "is_born_again", "freezes", "spends", "spends", "merges")


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_nothing_differs_from_the_model(migrated, superuser, seed):
    world = World(superuser, seed)
    for _ in range(STEPS):
        world.something(world.random.choice(WHAT))
        world.compare_all()
    audited = migrated.run("audit")
    assert audited.returncode == 0, audited.stdout[-3000:]
    assert len(world.seen) >= 3, "hardly anything happened"
