"""One page of a person's contributions, when the table holds 200 thousand rows and when it holds 20 million."""
# SPDX-License-Identifier: Apache-2.0
import json
import random
import re

import people
from measure import HERE, medians, wrk
from reads import end_process, measure_with_cpu
from stand import ROOT

MONTHS = 240
SMALL_ROWS = 200_000
SIZES = ("small", "large")
# As many people ask in both sizes. The pages of the few stay in the processor's cache, so that only the table's size
# differs; those of the many (130 MB) fit only into memory, as when a city reads.
READERS = {"few": 10, "many": 800}
EXPLAINED = 50
WARM_UP_S = 4
ROUNDS = 4
QUERY = ROOT / "db" / "queries" / "person_contributions.sql"
SQL_TYPES = {"int8": "bigint", "uuid": "uuid", "date": "date", "text": "text"}
# The first page, unfiltered, as api/people/list_person_contributions.c binds it; what is not named is null.
FIRST_PAGE = {"before_period": "'9999-12-31'", "before_scheme": "''", "before_kind": "''",
              "before_source_document": "''", "from_month": "'1900-01-01'", "from_year": "'1900-01-01'",
              "to_month": "'9999-12-01'", "row_limit": "21"}


def route(number):
    return f"/v1/people/{people.person_id(number)}/contributions?limit=20"


def buffers_per_page(stand, database, numbers):
    """Shared buffers that the page's statement touches, averaged."""
    text = QUERY.read_text()
    parameters = re.findall(r"^-- param: (\w+) (\w+)$", text, re.M)
    prepare = f"PREPARE page ({', '.join(SQL_TYPES[kind] for _, kind in parameters)}) AS {text.strip()};\n"
    found = []
    for number in numbers:
        given = {**FIRST_PAGE, "person_key": f"('x0000{people.FIRST_NODE + number}')::bit(64)::bigint",
                 "person_id": f"'{people.person_id(number)}'"}
        values = ", ".join(given.get(name, "NULL") for name, _ in parameters)
        explain = f"{prepare}EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page({values});"
        plan = json.loads(stand.psql(database, text=explain))[0]["Plan"]
        found.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    return sum(found) / len(found)


class History:
    """A database with so many contribution rows, and a server on it."""

    def __init__(self, stand, size, rows):
        self.stand, self.size, self.database = stand, size, f"bench_pages_{size}"
        stand.create_migrated_database(self.database)
        self.tokens = people.load(stand, self.database, -(-rows // MONTHS), max(READERS.values()))
        stand.psql(self.database, "-v", f"months={MONTHS}", "-f", HERE / "sql" / "contributions.sql")
        self.rows = int(stand.psql(self.database, "-c", "SELECT count(*) FROM contribution"))
        self.buffers = buffers_per_page(stand, self.database, sorted(self.tokens)[:EXPLAINED])
        self.server = stand.serve(self.database)
        self.process = self.server.process

    def choose(self, readers):
        some = dict(random.Random(1).sample(sorted(self.tokens.items()), readers))
        self.requests_path = people.write_requests(self.stand.directory / f"pages_{self.size}.txt", some, route)

    def measure(self, seconds):
        return wrk(self.server.port, seconds, "reads.lua", self.requests_path, connections=1)


def in_turn(stand, histories, readers, seconds):
    """Medians of latency and CPU time at one connection, by size."""
    for history in histories:
        history.choose(readers)
        history.measure(WARM_UP_S)
    runs = {size: [] for size in SIZES}
    for number in range(ROUNDS):
        for history in histories[::1 if number % 2 == 0 else -1]:
            runs[history.size].append(measure_with_cpu(stand, history, seconds))
    assert not any(each["failed"] + each["refused"] for size in SIZES for each in runs[size]), runs
    return {size: medians(runs[size]) for size in SIZES}


def measure(stand, options):
    histories = [History(stand, "small", SMALL_ROWS), History(stand, "large", options.page_rows)]
    stand.psql("postgres", "-c", "CHECKPOINT")
    result = {history.size: {"rows": history.rows, "buffers": history.buffers} for history in histories}
    result["ratio_buffers"] = result["large"]["buffers"] / result["small"]["buffers"]
    for name, readers in READERS.items():
        middle = in_turn(stand, histories, readers, options.seconds)
        for size in SIZES:
            result[size][name] = middle[size]
        for key in ("p50_us", "postgres_cpu_us"):
            result[f"ratio_{name}_{key}"] = middle["large"][key] / middle["small"][key]
    for history in histories:
        end_process(history)
        stand.psql("postgres", "-c", f"DROP DATABASE {history.database}")
    return result
