"""What is in flight is found by indexes that hold what is open of one person, however much others have and however much is over."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.harness.queries import read

FULL = "ffffffff-ffff-ffff-ffff-ffffffffffff"
# Things of 3,000 others that are open, and 300 of the person that are over.
CROWD = """
INSERT INTO transfer (person_key, created_at, entered_at, transfer_id, person_id, from_enrolment_id, from_account_id, machine, way, state,
                      from_pool_code, to_pool_code, from_scheme, to_scheme, ended_at)
SELECT CASE WHEN i <= 3000 THEN i ELSE %(key)s END, now(), now(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
       'transfer', 'in_province', CASE WHEN i <= 3000 THEN 'submitted' ELSE 'cancelled' END, '620500', '620900', 'employee', 'employee',
       CASE WHEN i > 3000 THEN now() END FROM generate_series(1, 3300) AS i;
INSERT INTO withdrawal (person_key, created_at, changed_at, withdrawal_id, person_id, account_id, pool_code, reason, state, payee_kind,
                        bank_card_sealed, payee_name_sealed, ended_at)
SELECT CASE WHEN i <= 3000 THEN i ELSE %(key)s END, now(), now(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '620500',
       'emigration', CASE WHEN i <= 3000 THEN 'submitted' ELSE 'cancelled' END, 'person', decode(repeat('00', 40), 'hex'),
       decode(repeat('00', 40), 'hex'), CASE WHEN i > 3000 THEN now() END FROM generate_series(1, 3300) AS i;
INSERT INTO wallet_transfer (person_key, receiver_person_key, amount_fen, current_year_fen, carried_over_fen, created_at, returns_at,
                             business_date, wallet_transfer_id, account_id, receiver_id, family_member_id, pool_code, state, ended_at)
SELECT CASE WHEN i <= 3000 THEN i WHEN i <= 3150 THEN %(key)s ELSE 5 END, CASE WHEN i > 3150 THEN %(key)s ELSE 6000 END, 5, 5, 0, now(),
       now() + interval '1 day', '2026-01-01', gen_random_uuid(), CASE WHEN i > 3000 THEN %(account)s ELSE gen_random_uuid() END,
       gen_random_uuid(), gen_random_uuid(), '620500', CASE WHEN i <= 3000 THEN 'pending' ELSE 'returned' END,
       CASE WHEN i > 3000 THEN now() END FROM generate_series(1, 3300) AS i;
INSERT INTO family_member (person_key, member_person_key, guardian_person_key, invited_at, changed_at, invited_until, family_member_id, owner_id,
                           account_id, member_id, guardian_id, pool_code, relation, way, state, usages, ended_at)
SELECT CASE WHEN i <= 3000 THEN i WHEN i <= 3150 THEN %(key)s ELSE 5 END, CASE WHEN i > 3150 THEN %(key)s ELSE 6000 END,
       CASE WHEN i %% 2 = 0 THEN 6001 + i END, now(), now(), '2026-12-31', gen_random_uuid(), gen_random_uuid(),
       CASE WHEN i > 3000 THEN %(account)s ELSE gen_random_uuid() END, gen_random_uuid(), CASE WHEN i %% 2 = 0 THEN gen_random_uuid() END,
       '620500', 'parent', 'direct', CASE WHEN i <= 3000 THEN 'invited' ELSE 'declined' END, '{medicine}',
       CASE WHEN i > 3000 THEN now() END FROM generate_series(1, 3300) AS i
"""


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("name", ["account_pending", "person_pending"])
def test_only_what_is_open_of_the_person_is_read(owner, world, name, mode):
    key = world.account.person_key
    (person_id,) = owner.execute("SELECT person_id FROM person WHERE person_key = %s", [key]).fetchone()
    for statement in CROWD.split(";"):
        owner.execute(statement, {"key": key, "account": world.account.account_id})
    owner.execute("ANALYZE")
    params, _, sql = read(name)
    values = {"person_key": key, "account_id": world.account.account_id, "person_id": person_id, "visible": None, "has_own": True,
              "at": "2026-01-01T00:00:00Z", "before_id": FULL, "row_limit": 21, "today": "2026-01-01"}
    types = {"int8": "bigint", "bool": "boolean", "instant": "timestamptz"}
    text = (sql % {f"p{place}": f"${place}" for place in range(1, len(params) + 1)})
    owner.execute(f"SET plan_cache_mode = {mode}")
    owner.execute(f"PREPARE page ({', '.join(types.get(kind, kind) for _, kind in params)}) AS {text}", prepare=False)
    arguments = ", ".join("NULL" if values[param] is None else f"'{values[param]}'" for param, _ in params)
    (rows,) = owner.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE page ({arguments})").fetchone()
    for node in nodes(rows[0]["Plan"]):
        if node.get("Relation Name") in ("transfer", "withdrawal", "wallet_transfer", "family_member"):
            assert node["Node Type"] in ("Index Scan", "Bitmap Heap Scan"), node
            assert node["Actual Rows"] <= 2 and node.get("Rows Removed by Filter", 0) <= 1, node


def test_a_look_asks_one_index(owner, world):
    """The grant of a relative, at every look."""
    owner.execute("SET enable_seqscan = off")
    text = "\n".join(row[0] for row in owner.execute(
        "EXPLAIN (COSTS off) SELECT FROM view_grant WHERE person_key = %s AND account_id = %s AND viewer_person_key = 5"
        " AND state = 'granted'", [world.account.person_key, world.account.account_id]).fetchall())
    assert "view_grant_one_open" in text
