"""People with a history of contributions of their own, and what their summary says."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime

from tests.harness import entering, money, proposals

POOL = "620500"


@dataclasses.dataclass(frozen=True)
class Record:
    """A row of contribution; `period` is YYYY-MM, or YYYY of the resident scheme."""

    period: str
    kind: str = "regular"
    scheme: str = "employee"
    pool_code: str = POOL
    paid_on: str = None
    status: str = "recorded"
    personal_fen: int = 12400
    employer_fen: int = 49600
    document: str = "DOC"


def months(first, last, **more):
    numbers = range(12 * int(first[:4]) + int(first[5:]) - 1, 12 * int(last[:4]) + int(last[5:]))
    return [Record(f"{number // 12:04d}-{number % 12 + 1:02d}", **more) for number in numbers]


def years(*numbers, **more):
    more = {"scheme": "resident", "employer_fen": 0, **more}
    return [Record(str(year), **{"paid_on": f"{year - 1}-11-18", **more}) for year in numbers]


def store(sql, person_id, records):
    key, now = money.key_of(person_id), datetime.datetime(2026, 1, 1, tzinfo=money.UTC)
    with sql.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO contribution (person_key, contribution_id, operation_id, pool_code, scheme, period, kind,"
            " source_document, base_fen, personal_fen, employer_fen, subsidy_fen, status, paid_on, recorded_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, %s, %s, 0, %s, %s, %s)",
            [
                [
                    key, money.new_id(key), money.new_id(key), one.pool_code, one.scheme,
                    f"{one.period}-01" if "-" in one.period else f"{one.period}-01-01", one.kind,
                    f"{one.document}-{number}", one.personal_fen, one.employer_fen, one.status, one.paid_on, now,
                ]
                for number, one in enumerate(records)
            ],
        )  # fmt: skip
        taken_back = cursor.execute(
            "SELECT contribution_id FROM contribution WHERE person_key = %s AND status = 'withdrawn'", [key]
        ).fetchall()
    for (contribution_id,) in taken_back:
        proposals.plant_approved(sql, "reverse_contribution", person_id, contribution_id)


def enrol(sql, person_id, pool_code, scheme, started_on, **changes):
    row = {
        "person_key": money.key_of(person_id), "enrolment_id": money.new_id(money.key_of(person_id)),
        "pool_code": pool_code, "scheme": scheme, "status": "active", "account_mode": "pooled_only",
        "payer_kind": "self", "started_on": started_on, **changes,
    }  # fmt: skip
    sql.execute(
        f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
    )


class Insured:
    """A fresh person, who asks for the own summary."""

    def __init__(self, api, sql, new_token, by, records=(), **person):
        self.api = api
        self.person_id = entering.create(api, by, **person).json()["person_id"]
        store(sql, self.person_id, records)
        self.token = new_token("citizen", subject_id=self.person_id).token

    @property
    def path(self):
        return f"/v1/people/{self.person_id}/contributions/summary"

    def summary(self, by=None, language="en", **params):
        response = self.api.get(self.path, by=by or self, params=params, headers={"Accept-Language": language})
        assert response.status_code == 200, response.text
        return response.json()

    def section(self, scheme="employee", **params):
        (found,) = (one for one in self.summary(**params)["schemes"] if one["scheme"] == scheme)
        return found
