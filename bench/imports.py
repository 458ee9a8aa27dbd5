"""Import of contributions: yibaod against one hand-written set-based SQL script, on equal fresh databases, in turn."""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import time

import keys
from measure import HERE, cpu_s, ended_children_cpu_s, medians

DATABASE = "bench_import"
TEMPLATE = "bench_import_template"
MONTHS = 4  # of the year before, so that a person has several entries that chain
POOL = "620500"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
EMPLOYER_CODE = "91350100M000100Y43"
PER_DAY = 1000  # people with one birth date: the sequence number has three digits
SUMS = """SELECT count(*), sum(current_year_fen), sum(carried_over_fen), sum(last_seq),
                 (SELECT count(*) FROM ledger_entry), (SELECT sum(amount_fen) FROM ledger_entry),
                 (SELECT count(*) FROM contribution), (SELECT sum(employer_fen) FROM contribution) FROM account"""


def citizen_number(n):
    born = datetime.date(1960, 1, 1) + datetime.timedelta(days=n // PER_DAY)
    head = f"{POOL[:4]}02{born:%Y%m%d}{n % PER_DAY:03d}"
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS)) % 11]


def write_csv(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_enrolments(path, people_count):
    return write_csv(
        path, ["citizen_number", "name", "pool_code", "scheme", "employer_code", "started_on"],
        ([citizen_number(n), f"测试{n}", POOL, "employee", EMPLOYER_CODE, "2004-01-01"] for n in range(people_count)))


def write_contributions(path, people_count):
    """Month after month, as employers declare; the columns are those of docs/import-formats.md."""
    year = datetime.date.today().year - 1
    header = ["citizen_number", "name", "pool_code", "scheme", "period", "kind", "source_document", "base_yuan",
              "personal_yuan", "employer_yuan", "subsidy_yuan", "paid_on", "channel", "employer_code"]
    return write_csv(path, header, (
        [citizen_number(n), f"测试{n}", POOL, "employee", f"{year}-{month:02d}", "regular",
         f"TS{year}{month:02d}-{n:07d}", f"{5000 + n % 9000}.00", f"{100 + n % 180}.{n % 100:02d}",
         f"{400 + n % 700}.00", "", f"{year}-{month:02d}-20",
         "employer", EMPLOYER_CODE]
        for month in range(1, MONTHS + 1) for n in range(people_count)))


def timed(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def one_import(stand, work, rows):
    """Seconds, CPU time per row, and what is in the tables afterwards."""
    stand.create_database(DATABASE, TEMPLATE)
    stand.psql(DATABASE, "-c", "CHECKPOINT")
    before_s = ended_children_cpu_s(), cpu_s(stand.postgres.pid)
    seconds = timed(work)
    used_s = ended_children_cpu_s() - before_s[0], cpu_s(stand.postgres.pid) - before_s[1]
    return {
        "seconds": seconds, "client_cpu_us": used_s[0] * 1e6 / rows, "postgres_cpu_us": used_s[1] * 1e6 / rows,
        "sums": stand.psql(DATABASE, "-c", SUMS),
    }


def in_turn(stand, ways, rows, rounds_count):
    done = {name: [] for name in ways}
    for number in range(rounds_count):
        for name in sorted(ways, reverse=number % 2 == 0):
            done[name].append(one_import(stand, ways[name], rows))
    sums = {each.pop("sums") for name in done for each in done[name]}
    assert len(sums) == 1, f"both must leave the same amounts: {sums}"
    return done


def measure(stand, options):
    people_count = options.import_rows // MONTHS
    rows = people_count * MONTHS
    enrolments = write_enrolments(stand.directory / "enrolments.csv", people_count)
    contributions = write_contributions(stand.directory / "contributions.csv", people_count)
    stand.create_migrated_database(TEMPLATE)
    enrolled_s = timed(lambda: stand.yibaod(TEMPLATE, "import", "enrolments", enrolments))
    stand.psql(TEMPLATE, "-c", "VACUUM ANALYZE")
    hash_key = keys.unwrap(stand, TEMPLATE, "hash_citizen_number").hex()
    done = in_turn(stand, {
        "yibaod": lambda: stand.yibaod(DATABASE, "import", "contributions", contributions),
        "plain": lambda: stand.psql(DATABASE, "-v", f"file={contributions}", "-v", f"hash_key={hash_key}",
                                    "-f", HERE / "sql" / "import_plain.sql"),
    }, rows, options.import_rounds)
    for database in (DATABASE, TEMPLATE):
        stand.psql("postgres", "-c", f"DROP DATABASE {database}")
    middle = {name: medians(each) for name, each in done.items()}
    return {
        "rows": rows, "people": people_count, "rounds": done, "cpu": middle,
        "enrolments_per_second": people_count / enrolled_s,
        "yibaod_per_second": rows / middle["yibaod"]["seconds"], "plain_per_second": rows / middle["plain"]["seconds"],
        "ratio": middle["plain"]["seconds"] / middle["yibaod"]["seconds"],
    }
