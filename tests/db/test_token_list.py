"""A page of tokens costs the same among millions of citizens' tokens: none of them is read to be passed over."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.db.conftest import ROOT

CITIZENS = 20000
PASSED_OVER = 100
SUBJECT = "01890000-0000-7000-8000-00000000aaaa"


@pytest.fixture(scope="module")
def prepared(cluster, template):
    """One database for all tests, which only read."""
    assert template
    cluster.create_database("tokens", "owner", "migrated")
    with cluster.connect("tokens", "owner") as owner:
        fill(owner)
        yield owner


def fill(owner):
    owner.execute(
        "INSERT INTO token (token_hash, token_id, kind, subject_id, person_key, created_at, expires_at)"
        " SELECT sha256(int4send(i)), ('ffff0000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'citizen',"
        " gen_random_uuid(), i, now(), now() + '1 day' FROM generate_series(1, %s) AS i",
        [CITIZENS],
    )
    owner.execute(
        "INSERT INTO token (token_hash, token_id, kind, subject_id, roles, regions, created_at)"
        " SELECT sha256(int4send(-i)), gen_random_uuid(), 'staff', %s, '{operator}', '{620500}', now() FROM generate_series(1, 30) AS i",
        [SUBJECT],
    )
    owner.execute("ANALYZE token")
    sql = (ROOT / "db/queries/token_list.sql").read_text(encoding="utf-8")
    owner.execute(f"PREPARE page (text, uuid, text, uuid, boolean, timestamptz, bigint) AS {sql}".encode())


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("visible", ["NULL", "'62%,440100'"], ids=["everywhere", "some regions"])
@pytest.mark.parametrize("kind", ["NULL", "'staff'", "'client'", "'citizen'"])
@pytest.mark.parametrize("subject", ["NULL", f"'{SUBJECT}'"], ids=["anybody", "one subject"])
def test_nothing_is_passed_over(prepared, mode, visible, kind, subject):
    prepared.execute(f"SET plan_cache_mode = {mode}")
    call = f"EXECUTE page ({visible}, 'ffffffff-ffff-ffff-ffff-ffffffffffff', {kind}, {subject}, true, now(), 21)"
    ((plan,),) = prepared.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {call}").fetchone()
    passed_over = sum(node.get("Rows Removed by Filter", 0) * node["Actual Loops"] for node in nodes(plan["Plan"]))
    assert passed_over <= PASSED_OVER, plan
    kinds = [row[1] for row in prepared.execute(call).fetchall()]
    sees_citizens = visible == "NULL" and subject == "NULL" and kind in ("NULL", "'citizen'")
    sees_staff = kind in ("NULL", "'staff'")
    assert kinds == (["citizen"] if sees_citizens else ["staff"] if sees_staff else []) * 21


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
def test_ended_tokens_are_looked_for_in_the_index_alone(prepared, mode):
    """Among citizens' tokens that all work: no row of the table is read to find that none has ended."""
    prepared.execute("VACUUM token")
    prepared.execute(f"SET plan_cache_mode = {mode}")
    call = "EXECUTE page (NULL, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'citizen', NULL, false, now(), 21)"
    ((plan,),) = prepared.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {call}").fetchone()
    scans = [node for node in nodes(plan["Plan"]) if node.get("Rows Removed by Filter", 0) >= CITIZENS]
    assert [(scan["Node Type"], scan["Heap Fetches"]) for scan in scans] == [("Index Only Scan", 0)]
