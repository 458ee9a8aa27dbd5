"""One page of a person's contributions, when the table holds 200 thousand rows and when it holds 20 million."""
# SPDX-License-Identifier: Apache-2.0
import json
import random
import re

import people
from measure import HERE, medians, wrk
from reads import end_process, measure_with_cpu
from stand import ROOT

DATABASE = "bench_pages"
MONTHS = 240
SMALL_ROWS = 200_000
# The same people ask in both sizes. The pages of the few stay in the processor's cache, so that only the table's size differs; those
# of the many fit only in memory (130 MB), as they do when a city reads.
READERS = {"few": 40, "many": 800}
EXPLAINED = 50
WARM_UP_S = 4
ROUNDS = 3
QUERY = ROOT / "db" / "queries" / "person_contributions.sql"
SQL_TYPES = {"int8": "bigint", "uuid": "uuid", "date": "date", "text": "text"}
# The first page, unfiltered, as api/people/list_person_contributions.c binds it; what is not named is null.
FIRST_PAGE = {"before_period": "'9999-12-31'", "before_scheme": "''", "before_kind": "''",
              "before_source_document": "''", "from_month": "'1900-01-01'", "from_year": "'1900-01-01'",
              "to_month": "'9999-12-01'", "row_limit": "21"}


def route(number):
    return f"/v1/people/{people.person_id(number)}/contributions?limit=20"


def buffers_per_page(stand, numbers):
    """Shared buffers that the page's statement touches, averaged."""
    text = QUERY.read_text()
    parameters = re.findall(r"^-- param: (\w+) (\w+)$", text, re.M)
    prepare = f"PREPARE page ({', '.join(SQL_TYPES[kind] for _, kind in parameters)}) AS {text.strip()};\n"
    found = []
    for number in numbers:
        given = {**FIRST_PAGE, "person_key": f"('x0000{people.FIRST_NODE + number}')::bit(64)::bigint",
                 "person_id": f"'{people.person_id(number)}'"}
        values = ", ".join(given.get(name, "NULL") for name, _ in parameters)
        plan = json.loads(stand.psql(DATABASE, text=f"{prepare}EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page({values});"))
        found.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
    return sum(found) / len(found)


def read_pages(stand, server, requests_path, seconds):
    """Medians of latency and CPU time at one connection."""
    server.measure = lambda duration: wrk(server.port, requests_path, duration, connections=1)
    server.measure(WARM_UP_S)
    runs = [measure_with_cpu(stand, server, seconds) for _ in range(ROUNDS)]
    assert not any(each["failed"] + each["refused"] for each in runs), runs
    return medians(runs)


def one_size(stand, rows, options):
    stand.create_migrated_database(DATABASE)
    tokens = people.load(stand, DATABASE, -(-rows // MONTHS), max(READERS.values()))
    stand.psql(DATABASE, "-v", f"months={MONTHS}", "-f", HERE / "sql" / "contributions.sql")
    result = {"rows": int(stand.psql(DATABASE, "-c", "SELECT count(*) FROM contribution")),
              "buffers": buffers_per_page(stand, sorted(tokens)[:EXPLAINED])}
    server = stand.serve(DATABASE)
    for name, readers in READERS.items():
        some = dict(random.Random(1).sample(sorted(tokens.items()), readers))
        requests_path = people.write_requests(stand.directory / "pages.txt", some, route)
        result[name] = read_pages(stand, server, requests_path, options.seconds)
    end_process(server)
    return result


def measure(stand, options):
    sizes = {"small": SMALL_ROWS, "large": options.page_rows}
    result = {name: one_size(stand, rows, options) for name, rows in sizes.items()}
    stand.psql("postgres", "-c", f"DROP DATABASE {DATABASE}")
    small, large = result["small"], result["large"]
    result["ratio_buffers"] = large["buffers"] / small["buffers"]
    for readers in READERS:
        for key in ("p50_us", "postgres_cpu_us"):
            result[f"ratio_{readers}_{key}"] = large[readers][key] / small[readers][key]
    return result
