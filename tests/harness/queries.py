"""Calls the program's own set statements (db/queries/) with members given by name, as a lane does."""
# SPDX-License-Identifier: Apache-2.0
import functools
import pathlib
import re

QUERIES = pathlib.Path(__file__).resolve().parents[2] / "db" / "queries"
ARRAYS = {"bool": "boolean[]", "int2": "int2[]", "int4": "int4[]", "int8": "bigint[]", "text": "text[]", "bytea": "bytea[]",
          "uuid": "uuid[]", "date": "date[]", "instant": "timestamptz[]"}
DEFERRALS_MAXIMUM = 100


@functools.cache
def read(name):
    """Names and types of the parameters, names of the columns, and the statement with psycopg's placeholders."""
    lines = (QUERIES / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    params = [match.groups() for line in lines if (match := re.match(r"-- param: (\w+) (\w+)", line))]
    columns = [match.group(1) for line in lines if (match := re.match(r"-- column: (\w+)", line))]
    sql = "\n".join(line for line in lines if not line.startswith("--"))
    return params, columns, re.sub(r"\$(\d+)", r"%(p\1)s", sql.replace("%", "%%"))


def call(connection, name, members):
    """The first row (a dictionary) of each member, in order."""
    params, columns, sql = read(name)
    unknown = {key for member in members for key in member} - {param for param, _ in params}
    assert not unknown, f"{name} has no {unknown}"
    arrays = {f"p{place}": [member.get(param) for member in members] for place, (param, _) in enumerate(params, 1)}
    rows = [dict(zip(columns, row)) for row in connection.execute(sql, arrays).fetchall()]
    first = [row for place, row in enumerate(rows) if place == 0 or rows[place - 1]["ord"] != row["ord"]]
    assert [row["ord"] for row in first] == list(range(1, len(members) + 1)), rows
    return first


def call_until_done(connection, name, members, done):
    """Asks for those that were deferred again, as the lane does; done(member, row) as each is answered."""
    waiting = list(members)
    for _ in range(DEFERRALS_MAXIMUM):
        rows = call(connection, name, waiting)
        for member, row in zip(waiting, rows):
            if row["status"] != "deferred":
                done(member, row)
        left = [member for member, row in zip(waiting, rows) if row["status"] == "deferred"]
        assert len(left) < len(waiting), f"{name}: nobody gets on"
        waiting = left
        if not waiting:
            return
    raise AssertionError(f"{name}: {len(waiting)} members were deferred for ever")
