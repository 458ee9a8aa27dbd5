"""One page of a person's contributions, when the table holds 200 thousand rows and when it holds 20 million."""
# SPDX-License-Identifier: Apache-2.0
import json
import re

import people
from measure import HERE, wrk
from reads import end_process
from stand import ROOT

DATABASE = "bench_pages"
MONTHS = 240
SIZES = {"small": 200_000, "large": 20_000_000}
READERS = 800  # the same number in both sizes, so that both fit into the cache and only the table's size differs
WARM_UP_S = 6
STATEMENT = "contributions_page"


def route(number):
    return f"/v1/people/{people.person_id(number)}/contributions?limit=20"


def buffers_per_page(stand, numbers):
    """Shared buffers that the page's statement touches, planned as the server's prepared statement is: averaged."""
    text = (ROOT / "db" / "queries" / f"{STATEMENT}.sql").read_text()
    names = re.findall(r"^-- param: (\w+) ", text, re.M)
    found = []
    for number in numbers:
        values = ", ".join(parameter(name, number) for name in names)
        script = (f"SET plan_cache_mode = force_generic_plan; PREPARE page AS {text.strip().rstrip(';')};\\n"
                  f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page({values});")
        plan = json.loads(stand.psql(DATABASE, text=script.replace("\\n", "\n")))[0]["Plan"]
        found.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    return sum(found) / len(found)


def parameter(name, number):
    values = {"person_key": f"('x0000{people.FIRST_NODE + number}')::bit(64)::bigint",
              "person_id": f"'{people.person_id(number)}'", "subject_id": f"'{people.person_id(number)}'"}
    return values.get(name, "21" if name in ("limit", "rows", "row_limit") else "NULL")


def one_size(stand, rows, options):
    people_count = -(-rows // MONTHS)
    stand.create_migrated_database(DATABASE)
    tokens = people.load(stand, DATABASE, people_count, READERS)
    stand.psql(DATABASE, "-v", f"months={MONTHS}", "-f", HERE / "sql" / "contributions.sql")
    requests_path = people.write_requests(stand.directory / "pages.txt", tokens, route)
    server = stand.serve(DATABASE)
    wrk(server.port, requests_path, WARM_UP_S, connections=1)
    runs = [wrk(server.port, requests_path, options.seconds, connections=1) for _ in range(3)]
    end_process(server)
    return {
        "rows": int(stand.psql(DATABASE, "-c", "SELECT count(*) FROM contribution")),
        "p50_us": sorted(each["p50_us"] for each in runs)[1],
        "p99_us": sorted(each["p99_us"] for each in runs)[1],
        "failed": sum(each["failed"] + each["refused"] for each in runs),
        "buffers": buffers_per_page(stand, sorted(tokens)[:20]),
    }


def measure(stand, options):
    result = {name: one_size(stand, rows, options) for name, rows in SIZES.items()}
    stand.psql("postgres", "-c", f"DROP DATABASE {DATABASE}")
    for key in ("p50_us", "buffers"):
        result[f"ratio_{key}"] = result["large"][key] / result["small"][key]
    return result
