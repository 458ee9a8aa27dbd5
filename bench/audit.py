"""`yibaod audit` of many accounts: how long it takes, and what the program itself needs for it."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import time

from measure import HERE, cpu_s
from stand import ROOT, YIBAOD

DATABASE = "bench_audit"
CHUNK = 100_000  # people a statement, as an import of a month is
PROVIDER = "01900000-0006-7000-8000-000000000001"
PROVIDER_SQL = f"""
INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)
VALUES ('{PROVIDER}', 'provider', 'bench hospital', '{{620000}}', 'active', now(), now());
INSERT INTO provider (provider_id, institution_code, institution_type)
VALUES ('{PROVIDER}', 'H62010000001', 'hospital');
INSERT INTO system_account (system_account, kind, pool_code, counterparty)
VALUES ('provider_payable:620100:{PROVIDER}', 'provider_payable', '620100', '{PROVIDER}');
"""


def load(stand, accounts):
    stand.create_migrated_database(DATABASE)
    stand.psql(DATABASE, text=PROVIDER_SQL)
    for first in range(1, accounts + 1, CHUNK):
        last = min(first + CHUNK - 1, accounts)
        stand.psql(DATABASE, "-1", "-c", "SET synchronous_commit = off", "-v", f"first={first}", "-v", f"last={last}",
                   "-f", HERE / "sql" / "audit_world.sql")
    stand.psql(DATABASE, "-c", "VACUUM (ANALYZE)")


def measure(stand, options):
    begun = time.monotonic()
    load(stand, options.audit_accounts)
    loaded, before_s = time.monotonic(), cpu_s(stand.postgres.pid)
    report_path = stand.directory / "audit.json"
    with open(report_path, "w", encoding="utf-8") as report:
        process = subprocess.Popen([YIBAOD, "audit", "--json"], cwd=ROOT, stdout=report,
                                   env={**os.environ, **stand.environment(DATABASE)})
        _, status, usage = os.wait4(process.pid, 0)
    ended, postgres_cpu_s = time.monotonic(), cpu_s(stand.postgres.pid) - before_s
    process.returncode = os.waitstatus_to_exitcode(status)
    found = json.loads(report_path.read_text(encoding="utf-8"))
    assert process.returncode == 0 and found["clean"], found["faults"][:5]
    return {
        **{name: found["totals"][name] for name in ("accounts", "entries", "charges")},
        "database_bytes": int(stand.psql(DATABASE, "-c", f"SELECT pg_database_size('{DATABASE}')")),
        "load_s": loaded - begun, "audit_s": ended - loaded, "program_cpu_s": usage.ru_utime + usage.ru_stime,
        "program_rss_kib": usage.ru_maxrss, "postgres_cpu_s": postgres_cpu_s,
    }
