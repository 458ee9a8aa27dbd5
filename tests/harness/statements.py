"""Statements as the API tells them, and the lines that their CSV form must have."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import io
import re

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def url(account_id, month=""):
    return f"/v1/accounts/{account_id}/statements{'/' if month else ''}{month}"


def statement(api, owner, month, by=None, **params):
    response = api.get(url(owner.account_id, month), by=by or owner, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def csv_lines(api, owner, month, **params):
    """All lines of all pages; every page begins with the names of the columns."""
    response = api.get(url(owner.account_id, month), by=owner, params=params, headers={"Accept": "text/csv"})
    lines, pages = [], 0
    while True:
        assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
        lines += csv.DictReader(io.StringIO(response.content.decode(), newline=""))
        pages += 1
        if "link" not in response.headers:
            return lines, pages
        link = re.fullmatch(r'<([^>]+)>; rel="next"', response.headers["link"])[1]
        response = api.get(link, by=owner, headers={"Accept": "text/csv"})


def as_lines(whole):
    """The lines that the CSV form must have, from the JSON form."""
    def balance(of):
        return {"balance_after_fen": of["balance_fen"], "current_year_after_fen": of["current_year_fen"],
                "carried_over_after_fen": of["carried_over_fen"]}

    total = {name: whole[name] for name in ("entries_count", "credits_fen", "debits_fen", "settled")}
    return [
        {"line": "opening", **balance(whole["opening"])},
        *({"line": "entry", **entry} for entry in whole["entries"]),
        *({"line": "sum", **one} for one in whole["sums"]),
        {"line": "closing", **balance(whole["closing"]), **total, "posted_at": whole["as_of"]},
    ]


def texts(lines):
    """What stands in the cells that are not empty."""
    return [{name: str(value).lower() if isinstance(value, bool) else str(value)
             for name, value in line.items() if value not in (None, "")} for line in lines]
