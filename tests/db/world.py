"""Two accounts with every kind of row that is audited today, and the auditor's report on them."""
# SPDX-License-Identifier: Apache-2.0
import json

from tests.db.charging import add_provider, created, hold
from tests.db.posting import COLLECTION, INSTANT, POOL, Account, Entry, debit, make_id, post


class World:
    def __init__(self, connection):
        self.connection = connection
        self.account, self.other = (Account().insert_owner(connection).insert(connection) for _ in range(2))
        post(connection, [
            self.opening(self.account, 5000), self.opening(self.other, 700), Entry(self.account, 900),
            debit(self.account, 250, part="carried_over"),
        ])
        self.contribution(self.account, "regular", "2026-01-01", 12345)
        self.contribution(self.account, "refund", "2026-01-01", 45)
        self.contribution(self.account, "regular", "2025-12-01", 11111, status="recorded")
        post(connection, [Entry(self.account, 10), Entry(self.account, 20)], algorithm="sm3")
        self.hold(self.account, 300)
        self.enrol(self.account)

    def opening(self, account, fen):
        """The record of an opening balance; its entry is to be posted."""
        entry = Entry(account, fen, kind="opening_balance", part="carried_over",
                      system_account=f"opening_balance:{POOL}")
        self.connection.execute(
            "INSERT INTO opening_balance (person_key, account_id, source_document, as_of, current_year_fen,"
            " carried_over_fen, operation_id, recorded_at) VALUES (%s, %s, 'DOC-1', '2025-01-01', 0, %s, %s, %s)",
            [account.person_key, account.account_id, fen, entry.operation_id, INSTANT])
        self.connection.execute(
            "UPDATE account SET cut_over_on = '2025-01-01' WHERE account_id = %s", [account.account_id])
        return entry

    def enrol(self, account, **changes):
        row = {"person_key": account.person_key, "enrolment_id": make_id(account.person_key), "pool_code": POOL,
               "scheme": "employee", "status": "active", "account_mode": "with_account", "payer_kind": "self",
               "started_on": "2015-01-01", **changes}
        self.connection.execute(
            f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()))

    def contribution(self, account, kind, period, fen, status="posted"):
        operation = make_id(account.person_key)
        if status == "posted":
            refund = kind == "refund"
            assert post(self.connection, [Entry(
                account, fen, kind="contribution_refund" if refund else "contribution", operation_id=operation,
                direction="debit" if refund else "credit", system_account=COLLECTION, reference="DOC-1",
            )])[0][0] == "posted"
        self.connection.execute(
            "INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code, personal_fen,"
            " employer_fen, subsidy_fen, status, contribution_id, operation_id, recorded_at)"
            " VALUES (%s, %s, 'employee', %s, 'DOC-1', %s, %s, 0, 0, %s, %s, %s, %s)",
            [account.person_key, period, kind, account.pool_code, fen, status, make_id(account.person_key), operation, INSTANT],
        )

    def hold(self, account, fen):
        created(self.connection, hold(account, add_provider(self.connection), fen))


def audit(program):
    result = program.run("audit", "--json")
    assert result.stdout, result.stderr
    report = json.loads(result.stdout)
    assert (result.returncode == 0) == report["clean"]
    return report
