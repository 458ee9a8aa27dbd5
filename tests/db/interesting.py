"""Posts interest as the program does, for tests of the database alone."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

from tests.db.posting import Entry, debit, statuses

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
CITY, PROVINCE, NATION = "620500", "620000", "000000"
LEVELS = (CITY, PROVINCE, NATION)


def at(day, hour=10):
    return datetime.datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def date(text):
    return datetime.date.fromisoformat(text)


def credit(connection, account, fen, day, part="current_year", **fields):
    assert statuses(connection, [Entry(account, fen, part=part, business_date=day, **fields)], instant=at(day)) == ["posted"]


def spend(connection, account, fen, day, part="current_year"):
    assert statuses(connection, [debit(account, fen, part=part, business_date=day)], instant=at(day)) == ["posted"]


def post_year(connection, account, year, day):
    """What the yearly run does with an account: judge it, then post it."""
    judged = connection.execute(
        "SELECT status, year_start, from_day, to_day FROM interest_year_judge(ARRAY[%s]::bigint[], ARRAY[%s]::uuid[], %s)",
        [account.person_key, account.account_id, year]).fetchone()
    if judged[0] != "due":
        return judged[0]
    job_id = uuid.uuid4()
    return connection.execute(
        "SELECT status FROM interest_post(ARRAY[%s]::bigint[], ARRAY[%s]::uuid[], ARRAY[%s]::date[], ARRAY[%s]::date[],"
        " ARRAY[%s]::date[], %s, %s, %s, 'sha256')",
        [account.person_key, account.account_id, *judged[1:], job_id, approval(connection, "post_interest", job_id), at(day)],
    ).fetchone()[0]


def approval(connection, kind, object_id):
    """A proposal that was approved."""
    return connection.execute(
        "INSERT INTO proposal (proposal_id, kind, object_id, payload, reason, state, proposed_by, proposed_at, decided_by,"
        " decided_at, outcome) VALUES (gen_random_uuid(), %s, %s, '{}', 'test', 'approved', gen_random_uuid(), now(),"
        " gen_random_uuid(), now(), '{}') RETURNING proposal_id", [kind, object_id]).fetchone()[0]


def settle(connection, account, day):
    return connection.execute(
        "SELECT interest_fen, postings, refusal FROM interest_settle(%s, %s, %s, %s, 'sha256')",
        [account.person_key, account.account_id, approval(connection, "post_account_interest", account.account_id), at(day)],
    ).fetchone()


def due(connection, account, day):
    return connection.execute("SELECT interest_due(%s, %s, %s)", [account.person_key, account.account_id, day]).fetchone()[0]


def entries(connection, account, *kinds):
    return connection.execute(
        "SELECT kind, part, CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END FROM ledger_entry"
        " WHERE account_id = %s AND kind = ANY (%s) ORDER BY seq", [account.account_id, list(kinds)]).fetchall()


def parts(connection, account):
    return account.row(connection)[:2]
