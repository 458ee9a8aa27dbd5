"""What holds for every paged list, whatever is in it."""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import random
import re

from tests.harness.problems import check_problem, faults


def check_pages(api, path, by, expected_ids, id_field, params=None, limits=(100, 7, 1)):
    """The pages of any size hold exactly `expected_ids`, in that order when it is a list, each once."""
    for limit in limits:
        seen = [row[id_field] for row in api.pages(path, by=by, params=params, limit=limit)]
        assert len(seen) == len(set(seen)), f"a row came twice with {params}"
        if isinstance(expected_ids, list):
            assert seen == expected_ids, f"{params}, limit {limit}"
        else:
            assert set(seen) == expected_ids, f"{params}, limit {limit}"


def first_cursor(api, path, by, **params):
    response = api.get(path, by=by, params={"limit": 2, **params})
    assert response.status_code == 200 and response.json()["has_more"], response.text
    return response.json()["next_cursor"]


def assert_cursor_refused(api, path, by, cursor, **params):
    response = api.get(path, by=by, params={"limit": 2, **params, "cursor": cursor})
    check_problem(response, 400, "validation_failed")
    assert faults(response).keys() == {"/query/cursor"}


def tampered(cursor):
    """The cursor with one character changed, cut, or put together from others."""
    generator = random.Random(6)
    for at in range(0, len(cursor), max(1, len(cursor) // 40)):
        other = generator.choice([c for c in "ABCxyz019_-" if c != cursor[at]])
        yield cursor[:at] + other + cursor[at + 1 :]
    for length in range(1, len(cursor), 9):
        yield cursor[:length]
    yield from (cursor + "A", cursor + "=", cursor[::-1], "x", "c1..", "c1.AAAA.AAAA", "0", "null", "%00", "' OR 1=1", "é")


def check_cursors(api, path, by, other_by, other_path, other_params):
    """A cursor opens only the list it came from."""
    cursor = first_cursor(api, path, by)
    assert api.get(path, by=by, params={"limit": 2, "cursor": cursor}).status_code == 200
    for wrong in tampered(cursor):
        assert_cursor_refused(api, path, by, wrong)
    assert_cursor_refused(api, path, by, "")
    if other_by is not None:
        assert_cursor_refused(api, path, other_by, cursor)
    if other_path is not None:
        assert_cursor_refused(api, other_path, by, cursor)
    for params in other_params:
        assert_cursor_refused(api, path, by, cursor, **params)


def check_limits(api, path, by):
    for limit in ("1", "2", "99", "100"):
        response = api.get(path, by=by, params={"limit": limit})
        assert response.status_code == 200 and len(response.json()["data"]) <= int(limit)
    assert len(api.get(path, by=by).json()["data"]) <= 20
    for limit in ("0", "101", "-1", "", "x", "1.0", " 1", "1e1", "0x5", "9223372036854775808", "١"):
        response = api.get(path, by=by, params={"limit": limit})
        check_problem(response, 400, "validation_failed")
        assert faults(response).keys() == {"/query/limit"}


def check_link(api, path, by):
    """The Link header leads to the same next page as next_cursor."""
    response = api.get(path, by=by, params={"limit": 2})
    link = re.fullmatch(r'<([^>]+)>; rel="next"', response.headers["link"])
    by_link = api.get(link[1], by=by).json()
    by_cursor = api.get(path, by=by, params={"limit": 2, "cursor": response.json()["next_cursor"]}).json()
    assert by_link["data"] == by_cursor["data"] != []


def as_csv(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def flat(row, columns):
    """A row of JSON as CSV has it: the fields of an object are columns, which are empty where it is null."""
    cells = dict.fromkeys(columns)
    for name, value in row.items():
        is_absent_object = value is None and name not in columns
        cells.update(value if isinstance(value, dict) else {} if is_absent_object else {name: value})
    return {name: as_csv(value) for name, value in cells.items()}


def check_csv(api, path, by, params=None):
    """The CSV form holds the same rows and columns as the JSON form."""
    json_rows = api.pages(path, by=by, params=params, limit=100)
    response = api.get(path, by=by, params={**(params or {}), "limit": 100}, headers={"Accept": "text/csv"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    csv_rows = []
    while True:
        text = response.content.decode("utf-8")
        assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
        csv_rows += list(csv.DictReader(io.StringIO(text, newline="")))
        if "link" not in response.headers:
            break
        next_path = re.fullmatch(r'<([^>]+)>; rel="next"', response.headers["link"])[1]
        response = api.get(next_path, by=by, headers={"Accept": "text/csv"})
    assert csv_rows == [flat(row, csv_row) for row, csv_row in zip(json_rows, csv_rows, strict=True)]
