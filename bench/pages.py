"""One page of a person's contributions, when the table holds 200 thousand rows and when it holds 20 million."""
# SPDX-License-Identifier: Apache-2.0
import json
import re

import people
from measure import HERE, medians, wrk
from reads import end_process, measure_with_cpu
from stand import ROOT

DATABASE = "bench_pages"
MONTHS = 240
SMALL_ROWS = 200_000
READERS = 800  # the same number in both sizes, so that both fit into the cache and only the table's size differs
EXPLAINED = 50
WARM_UP_S = 6
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


def one_size(stand, rows, options):
    people_count = -(-rows // MONTHS)
    stand.create_migrated_database(DATABASE)
    tokens = people.load(stand, DATABASE, people_count, READERS)
    stand.psql(DATABASE, "-v", f"months={MONTHS}", "-f", HERE / "sql" / "contributions.sql")
    requests_path = people.write_requests(stand.directory / "pages.txt", tokens, route)
    server = stand.serve(DATABASE)
    server.measure = lambda seconds: wrk(server.port, requests_path, seconds, connections=1)
    server.measure(WARM_UP_S)
    runs = [measure_with_cpu(stand, server, options.seconds) for _ in range(ROUNDS)]
    end_process(server)
    middle = medians(runs)
    return {
        "rows": int(stand.psql(DATABASE, "-c", "SELECT count(*) FROM contribution")),
        "p50_us": middle["p50_us"], "p99_us": middle["p99_us"],
        "postgres_cpu_us": middle["postgres_cpu_us"], "server_cpu_us": middle["server_cpu_us"],
        "failed": sum(each["failed"] + each["refused"] for each in runs),
        "buffers": buffers_per_page(stand, sorted(tokens)[:EXPLAINED]),
    }


def measure(stand, options):
    sizes = {"small": SMALL_ROWS, "large": options.page_rows}
    result = {name: one_size(stand, rows, options) for name, rows in sizes.items()}
    stand.psql("postgres", "-c", f"DROP DATABASE {DATABASE}")
    for key in ("p50_us", "buffers", "postgres_cpu_us"):
        result[f"ratio_{key}"] = result["large"][key] / result["small"][key]
    return result
