#!/usr/bin/python3
"""The demo set: imports a few people as an agency would, makes tokens for them, staff and institutions, writes var/demo.json."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

import demo_clients
import demo_transfers
from demo_data import citizen_number, credit_code, yuan

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("YIBAO_BINARY", str(ROOT / "build/yibaod"))
DEMO_FILE = pathlib.Path(os.environ.get("YIBAO_DEMO_FILE", ROOT / "var/demo.json"))
ROLES = ("operator", "reviewer", "policy", "security", "auditor")
STAFF_REGIONS = (["000000"], ["620500", "440100"])  # the first of each role sees everywhere, the second two pools
EMPLOYER = credit_code(620500)


@dataclasses.dataclass
class Enrolment:
    pool_code: str
    scheme: str
    started_on: str
    ended_on: str = ""
    retired_on: str = ""


@dataclasses.dataclass
class Person:
    name: str
    note: str
    citizen_number: str
    phone: str
    enrolments: list
    months: list = dataclasses.field(default_factory=list)  # (pool_code, YYYY-MM, base in fen)
    years: list = dataclasses.field(default_factory=list)  # of the resident scheme
    extra: list = dataclasses.field(default_factory=list)  # contribution rows out of the ordinary
    opening: tuple = ()  # (pool_code, as_of, current_year_fen, carried_over_fen)


def business_date():
    clock = os.environ.get("YIBAO_TEST_CLOCK")
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    return (datetime.datetime.fromisoformat(clock) if clock else datetime.datetime.now(shanghai)).astimezone(shanghai).date()


def month_text(number):
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_number(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def months(pool_code, first, last, base_fen):
    """From `first` to `last` (YYYY-MM, inclusive); the base grows by 5 % each year."""
    rows, start = [], month_number(first)
    for number in range(start, month_number(last) + 1):
        grown = base_fen * 105 ** ((number // 12) - start // 12) // 100 ** ((number // 12) - start // 12)
        rows.append((pool_code, month_text(number), grown // 100 * 100))
    return rows


def born(region, year, month, day, sequence):
    return citizen_number(region, datetime.date(year, month, day), sequence)


def interrupted(name, number, phone, gap, last):
    """Paid up to a few months ago, missed `gap` months, and pays again since three months."""
    resumed = last - 2
    stopped = resumed - gap - 1
    resumed_on, stopped_on = month_text(resumed) + "-01", datetime.date(int(month_text(stopped + 1)[:4]),
                                                                          int(month_text(stopped + 1)[5:]), 1)
    end = (stopped_on - datetime.timedelta(days=1)).isoformat()
    return Person(
        name, f"has a gap of {gap} months, pays again", number, phone,
        [Enrolment("620500", "employee", "2019-07-01", ended_on=end), Enrolment("620500", "employee", resumed_on)],
        months=months("620500", "2019-07", month_text(stopped), 520000) + months("620500", month_text(resumed), month_text(last), 700000))


def demo_people(today):
    last = today.year * 12 + today.month - 2  # the last full month
    newest, year = month_text(last), today.year
    active_months = months("620500", "2018-03", newest, 600000)
    first_of_year = f"{year - 1}-01"
    return [
        Person(
            "王建国", "active employee in Tianshui", born("620502", 1985, 6, 15, 137), "13893800001",
            [Enrolment("620500", "employee", "2018-03-01")], months=active_months,
            extra=[
                f"620500,employee,{first_of_year},base_adjustment,DEMO-ADJUST-{year - 1},1000.00,20.00,80.00,,{year - 1}-07-20,employer",
                f"620500,employee,{year - 2}-05,back_payment,DEMO-BACK-{year - 2},800.00,16.00,64.00,,{year - 2}-09-10,employer",
                f"620500,employee,{first_of_year},refund,DEMO-REFUND-{year - 1},300.00,6.00,24.00,,{year - 1}-11-05,employer",
            ]),
        Person(
            "李淑珍", "retired in Beijing, over 70", born("110105", 1952, 4, 8, 226), "13810000002",
            [Enrolment("110000", "employee", "1998-01-01", retired_on="2007-05-01")],
            months=months("110000", "2003-01", "2007-04", 210000), opening=("110000", "2003-01-01", 36000, 482050)),
        Person(
            "赵志强", "retired in Beijing, under 70", born("110108", 1961, 2, 20, 311), "13810000003",
            [Enrolment("110000", "employee", "1999-03-01", retired_on="2021-03-01")],
            months=months("110000", "2014-01", "2021-02", 650000), opening=("110000", "2014-01-01", 98000, 1250075)),
        Person(
            "陈玉兰", "resident-scheme member, without account", born("620523", 1978, 10, 3, 482), "13893800004",
            [Enrolment("620500", "resident", "2019-01-01")], years=list(range(2019, year + 1))),
        interrupted("刘洋", born("620503", 1990, 12, 1, 555), "13893800005", 2, last),
        interrupted("张敏", born("620502", 1988, 3, 27, 604), "13893800006", 5, last),
        Person(
            "杨帆", "moved from Tianshui to Guangzhou", born("620502", 1987, 8, 19, 719), "13902000007",
            [Enrolment("620500", "employee", "2015-04-01", ended_on="2024-06-30"),
             Enrolment("440100", "employee", "2024-07-01")],
            months=months("620500", "2015-04", "2024-06", 430000) + months("440100", "2024-07", newest, 1150000)),
        Person(
            "孙秀英", "retired in Tianshui long ago", born("620502", 1953, 9, 12, 822), "13893800008",
            [Enrolment("620500", "employee", "1996-01-01", retired_on="2008-10-01")],
            months=months("620500", "2005-01", "2008-09", 190000), opening=("620500", "2005-01-01", 21000, 164030)),
        Person(
            "周德明", "retired in Tianshui in 2025", born("620503", 1965, 3, 30, 913), "13893800009",
            [Enrolment("620500", "employee", "2012-05-01", retired_on="2025-04-01")],
            months=months("620500", "2018-01", "2025-03", 480000)),
        *[Person(name, note, number, phone, [Enrolment("620500", "employee", "2017-03-01")],
                 months=months("620500", "2023-01", newest, 510000)) for name, note, number, phone in (
            ("郭磊", "moves to Jiuquan, in the same province", born("620502", 1991, 5, 16, 933), "13893800010"),
            ("马兰", "wanted to move to Guangzhou, changes her mind", born("620503", 1993, 11, 2, 944), "13893800011"),
            ("何晓梅", "moves to Guangzhou, her transfer is under way", born("620502", 1989, 7, 24, 986), "13893800012"))],
    ]


def card_number(index):
    return f"DEMO62050{index:04d}"


def enrolment_rows(people):
    yield "公民身份号码,姓名,手机号码,社会保障卡号,统筹区编码,险种,参保日期,终止日期,退休日期,统一社会信用代码,单位名称"
    for index, person in enumerate(people, 1):
        for one in person.enrolments:
            employer = f"{EMPLOYER},示例实业有限公司" if one.scheme == "employee" else ","
            yield (f"{person.citizen_number},{person.name},{person.phone},{card_number(index)},{one.pool_code},{one.scheme},"
                   f"{one.started_on},{one.ended_on},{one.retired_on},{employer}")


def opening_rows(people):
    yield "公民身份号码,姓名,统筹区编码,期初日期,当年余额,历年余额,来源单据"
    for person in people:
        if person.opening:
            pool_code, as_of, current_fen, carried_fen = person.opening
            yield f"{person.citizen_number},{person.name},{pool_code},{as_of},{yuan(current_fen)},{yuan(carried_fen)},DEMO-CUTOVER-{as_of}"


def contribution_rows(people):
    yield "citizen_number,pool_code,scheme,period,kind,source_document,base_yuan,personal_yuan,employer_yuan,subsidy_yuan,paid_on,channel,employer_code"
    for person in people:
        for pool_code, month, base_fen in person.months:
            yield (f"{person.citizen_number},{pool_code},employee,{month},regular,DEMO-{pool_code}-{month},{yuan(base_fen)},"
                   f"{yuan(base_fen // 50)},{yuan(base_fen * 8 // 100)},,{month}-12,employer,{EMPLOYER}")
        for year in person.years:
            premium, subsidy = 400 - 20 * (2025 - min(year, 2025)), 670 - 30 * (2025 - min(year, 2025))
            yield (f"{person.citizen_number},620500,resident,{year},regular,DEMO-RESIDENT-{year},,{premium}.00,,{subsidy}.00,"
                   f"{year - 1}-11-18,wechat,")
        for row in person.extra:
            yield f"{person.citizen_number},{row},{EMPLOYER}"


def run(*command, **environment):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(f"demo: {' '.join(map(str, command[:3]))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def without_password(conninfo):
    """A command line can be read by everybody on the machine, so the password goes by the environment."""
    form = r"(?<=://)([^/@:]*):([^/@]*)(?=@)" if "://" in conninfo else r"(\s|^)password\s*=\s*('(?:\\.|[^'\\])*'|\S+)"
    found = re.search(form, conninfo)
    if not found:
        return conninfo, {}
    password = urllib.parse.unquote(found[2]) if "://" in conninfo else re.sub(r"\\(.)", r"\1", found[2].strip("'"))
    return conninfo[: found.start()] + found[1] + conninfo[found.end():], {"PGPASSWORD": password}


def query(sql):
    conninfo, environment = without_password(os.environ["DATABASE_URL"])
    return [line.split("|") for line in run("psql", "-X", "-qAt", "-d", conninfo, "-c", sql, **environment).splitlines()]


def import_people(people):
    files = (("enrolments", enrolment_rows), ("opening-balances", opening_rows), ("contributions", contribution_rows))
    with tempfile.TemporaryDirectory() as directory:
        for kind, rows in files:
            path = pathlib.Path(directory) / f"{kind}.csv"
            path.write_text("\n".join(rows(people)) + "\n", encoding="utf-8")
            run(BINARY, "import", kind, path)


def find(person):
    """(person_id, account_id or None) of a demo person; None when not imported yet."""
    number, one = person.citizen_number, person.enrolments[0]
    birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    rows = query(f"""
        SELECT person.person_id, account.account_id
        FROM person JOIN enrolment USING (person_key)
        LEFT JOIN account ON account.person_key = person.person_key AND account.status = 'active'
        WHERE person.birth_date = '{birth}' AND enrolment.pool_code = '{one.pool_code}'
          AND enrolment.started_on = '{one.started_on}'
        ORDER BY person.created_at LIMIT 1""")
    return (rows[0][0], rows[0][1] or None) if rows else None


def citizens(people):
    found = []
    for index, person in enumerate(people, 1):
        person_id, account_id = find(person)
        token = run(BINARY, "token", "create", "--kind", "citizen", "--subject", person_id, "--expires", "365d", "--label", "demo")
        found.append({
            "name": person.name, "person_id": person_id, "account_id": account_id, "token": token, "note": person.note,
            "citizen_number": person.citizen_number, "card_number": card_number(index), "phone": person.phone,
        })
    return found


def staff_token(role, regions):
    arguments = [part for region in regions for part in ("--region", region)]
    return run(BINARY, "token", "create", "--kind", "staff", "--role", role, *arguments, "--label", f"demo {role}")


def clients():
    """The two institutions, each with a token of its own."""
    for statement in demo_clients.statements():
        query(statement)
    found = []
    for client_id, *words in query(demo_clients.FOUND):
        one = dict(zip(("name", "regions", "institution_type", "institution_code"), words))
        token = run(BINARY, "token", "create", "--kind", "client", "--subject", client_id, "--label", "demo")
        found.append({"client_id": client_id, "kind": "provider", **one, "regions": one["regions"].split(","), "token": token})
    return found


def apply_for_transfers(people):
    for person in people:
        if "transfer is under way" in person.note:
            query(demo_transfers.statement(find(person)[0], "440100", business_date()))


def write_private(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(new, path)


def is_current(people):
    """Whether the file belongs to the people of this database."""
    try:
        document = json.loads(DEMO_FILE.read_text(encoding="utf-8"))
        first = find(people[0])
        known = document["citizens"][0]
        is_of_database = first is not None and known["person_id"] == first[0] and "card_number" in known and "clients" in document
        return is_of_database and len(document["citizens"]) == len(people)
    except (FileNotFoundError, ValueError, KeyError, IndexError):
        return False


def mark():
    """First of all, so that production refuses whatever a run cut short has left."""
    query("INSERT INTO deployment (kind, marked_at) VALUES ('demo', clock_timestamp()) ON CONFLICT DO NOTHING")
    if query("SELECT kind FROM deployment") != [["demo"]]:
        sys.exit("demo: this database is marked for production; it takes no demo data and no demo tokens")


def main():
    if os.environ.get("YIBAO_MODE", "development") == "production":
        sys.exit("demo: production takes no demo data and no demo tokens")
    if not os.environ.get("DATABASE_URL"):
        sys.exit("demo: DATABASE_URL is not set")
    mark()
    people = demo_people(business_date())
    if is_current(people):
        return
    if any(find(person) is None for person in people):
        import_people(people)
    apply_for_transfers(people)
    document = {
        "base_url": "http://" + os.environ.get("YIBAO_LISTEN", "127.0.0.1:8080"),
        "admin_token": staff_token("security", ["000000"]),
        "staff": [{"role": role, "regions": regions, "token": staff_token(role, regions)}
                  for role in ROLES for regions in STAFF_REGIONS],
        "clients": clients(),
        "citizens": citizens(people),
    }
    write_private(DEMO_FILE, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    print(f"demo: {len(document['citizens'])} people, {len(document['staff'])} staff and {len(document['clients'])} institutions are in {DEMO_FILE}")


if __name__ == "__main__":
    main()
