"""Sharing and moving against a model of them in Python: random requests, no difference. A failure replays from its seed."""
# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from tests.db.lives_requests import World

SEEDS = int(os.environ.get("YIBAO_MODEL_SEEDS", "4"))
FIRST = int(os.environ.get("YIBAO_MODEL_FIRST_SEED", "0"))
STEPS = int(os.environ.get("YIBAO_MODEL_STEPS", "120"))
WHAT = {"charges": 14, "capture": 6, "void": 2, "refund": 7, "expire": 3, "send": 9, "end_sent": 7, "return_sent": 3, "apply": 9,
        "decide": 24, "cancel": 1, "withdraw": 7, "step": 14, "pay_out": 6, "adjust": 4, "freeze": 3, "tick": 12, "year_end": 2,
        "again": 4, "invite": 5, "answer": 8, "expire_family": 2, "close_family": 2, "wait_there": 4, "open_wallet": 2, "die": 1,
        "merge": 2}


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_nothing_differs_from_the_model(migrated, superuser, seed):
    world = World(superuser, seed)
    for what in world.random.choices(list(WHAT), list(WHAT.values()), k=STEPS):
        getattr(world, what)()
    world.compare_all()
    audited = migrated.run("audit")
    assert audited.returncode == 0, audited.stdout[-3000:]
    assert len(world.seen) >= 15, "the requests were all alike"
