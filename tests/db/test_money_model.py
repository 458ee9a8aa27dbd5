"""The ledger of charges against a model of it in Python: random batches, no difference. A failure replays from its seed."""
# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from tests.db.money_world import World

SEEDS = int(os.environ.get("YIBAO_MODEL_SEEDS", "12"))
STEPS = 120
WHAT = ("create", "create", "create", "capture", "capture", "void", "refund", "refund", "tick", "tick", "expire",
        "freeze", "adjust", "year_end")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_differs_from_the_model(migrated, superuser, seed):
    world = World(superuser, seed)
    for _ in range(STEPS):
        what = world.random.choice(WHAT)
        if what in World.STATEMENTS:
            world.batch(what)
        else:
            getattr(world, what)()
    world.compare_all()
    audited = migrated.run("audit")
    assert audited.returncode == 0, audited.stdout[-3000:]
    assert len({told[1][0] for told in world.model.keys.values()}) >= 6, "the requests were all alike"
