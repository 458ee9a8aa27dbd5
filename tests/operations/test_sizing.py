"""The query of docs/operations/sizing.md runs, and the sums there come out of the figures there."""
# SPDX-License-Identifier: Apache-2.0
import re

from tests.harness.server import ROOT

PAGE = (ROOT / "docs/operations/sizing.md").read_text(encoding="utf-8")


def test_the_query_tells_sizes(sql):
    (query,) = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.M | re.S)
    sql.execute("ANALYZE ledger_entry, contribution")
    sizes = {row[0]: row[3] for row in sql.execute(query)}
    assert sizes["contribution"] > 100


def bytes_of(table):
    return int(re.search(rf"^\| `{table}` \| (\d+) \|", PAGE, re.M)[1])


def test_the_sums_are_those_of_the_figures():
    person = 337 + 2 * 239 + 335 + 472
    contribution = bytes_of("contribution") + bytes_of("ledger_entry")
    charge = bytes_of("charge") + bytes_of("ledger_entry") + bytes_of("business_number") + bytes_of("audit_event")
    refund = bytes_of("charge_refund") + bytes_of("ledger_entry") + bytes_of("business_number") + bytes_of("audit_event")
    year = 12 * contribution + 8 * charge + 0.4 * refund
    rows = re.findall(r"^\| ([\d,]+) \| ([\d.]+) GB \| ([\d.]+) GB \|", PAGE, re.M)
    assert len(rows) == 3
    for insured, start, growth in rows:
        count = int(insured.replace(",", ""))
        assert 0.8 < float(start) * 1e9 / (count * person) < 1.3, (insured, count * person)
        assert 0.9 < float(growth) * 1e9 / (count * year) < 1.15, (insured, count * year)


def test_sessions_follow_from_the_settings():
    for servers, cores, sessions in re.findall(r"^\| (\d+) × (\d+) \| (\d+) \|", PAGE, re.M):
        assert int(sessions) == int(servers) * (int(cores) * 5 + 6)
