"""A person is credited once for each plan and period, whichever pools and ways of crediting meet."""
# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.db.credit_books import Plan, credits, enrol, pensioner, run
from tests.db.interesting import date
from tests.db.posting import Account, make_id
from tests.db.world import audit

MONTHLY, YEARLY = "620500", "310000"


@pytest.fixture
def connection(superuser):
    superuser.execute("TRUNCATE credit_policy, credit_policy_tier, credit_policy_deduction")
    Plan("620000", {0: 12000}).insert(superuser)
    Plan(YEARLY, {0: 168000}, posting_month=7, is_pro_rated=True).insert(superuser)
    return superuser


def moves(connection, person, pool, day):
    """The enrolment ends, another one begins the day after; the account stays where it is and there is a new one."""
    connection.execute("UPDATE enrolment SET status = 'ended', ended_on = %s WHERE person_key = %s AND status <> 'ended'",
                       [day, person.person_key])
    new = Account(person.person_key, pool)
    new.person_id = person.person_id
    new.account_id = make_id(person.person_key)
    connection.execute("UPDATE account SET status = 'spend_only' WHERE person_key = %s", [person.person_key])
    new.insert(connection)
    enrol(connection, new, started_on=day, retired_on=day)


@pytest.mark.parametrize("last", ["2026-01-31", "2026-02-28", "2026-05-31"])
def test_who_was_credited_by_month_gets_no_credit_for_the_year(migrated, connection, last):
    """Whichever of the months it was: that of January begins on the same day as the year."""
    person = pensioner(connection, MONTHLY, "1950-01-01", "2010-01-01")
    month = date(last).replace(day=1)
    assert run(connection, "620000", month, date("2026-07-10"))[MONTHLY, "basic", "posted"] == 1
    moves(connection, person, YEARLY, date(last))
    assert run(connection, YEARLY, date("2026-07-01"), date("2026-07-15"))[YEARLY, "basic", "already_credited"] == 1
    assert run(connection, YEARLY, date("2027-07-01"), date("2027-07-15"))[YEARLY, "basic", "posted"] == 1
    assert [(row["period"], str(row["period_start"])) for row in credits(connection, person)] == [
        ("month", str(month)), ("year", "2027-01-01")]
    assert audit(migrated)["clean"]


@pytest.mark.parametrize("month", ["2026-01-01", "2026-08-01", "2026-12-01"])
def test_who_was_credited_for_the_year_gets_none_for_its_months(migrated, connection, month):
    person = pensioner(connection, YEARLY, "1950-01-01", "2010-01-01")
    assert run(connection, YEARLY, date("2026-07-01"), date("2026-07-15"))[YEARLY, "basic", "posted"] == 1
    moves(connection, person, MONTHLY, date("2026-07-20"))
    connection.execute("UPDATE enrolment SET started_on = '2025-01-01', retired_on = '2025-01-01' WHERE person_key = %s AND pool_code = %s",
                       [person.person_key, MONTHLY])
    connection.execute("UPDATE enrolment SET started_on = '2000-01-01', ended_on = '2024-12-31', retired_on = NULL WHERE person_key = %s"
                       " AND pool_code = %s", [person.person_key, YEARLY])
    assert run(connection, "620000", date(month), date("2026-12-15"))[MONTHLY, "basic", "already_credited"] == 1
    assert run(connection, "620000", date("2027-01-01"), date("2027-01-15"))[MONTHLY, "basic", "posted"] == 1
    assert len(credits(connection, person)) == 2
    assert audit(migrated)["clean"]
