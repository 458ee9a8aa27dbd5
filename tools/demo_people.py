#!/usr/bin/python3
"""The demo set: imports a few people as an agency would, makes tokens for them, staff and institutions, writes var/demo.json."""
# SPDX-License-Identifier: Apache-2.0
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
from demo_data import credit_code, yuan
from demo_persons import demo_people

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("YIBAO_BINARY", str(ROOT / "build/yibaod"))
DEMO_FILE = pathlib.Path(os.environ.get("YIBAO_DEMO_FILE", ROOT / "var/demo.json"))
ROLES = ("operator", "reviewer", "policy", "security", "auditor")
STAFF_REGIONS = (["000000"], ["620500", "440100"])  # the first of each role sees everywhere, the second two pools
EMPLOYER = credit_code(620500)


def business_date():
    clock = os.environ.get("YIBAO_TEST_CLOCK")
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    return (datetime.datetime.fromisoformat(clock) if clock else datetime.datetime.now(shanghai)).astimezone(shanghai).date()


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
    yield ("citizen_number,pool_code,scheme,period,kind,source_document,"
           "base_yuan,personal_yuan,employer_yuan,subsidy_yuan,paid_on,channel,employer_code")
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
    print(f"demo: {len(document['citizens'])} people, {len(document['staff'])} staff and {len(document['clients'])} "
          f"institutions are in {DEMO_FILE}")


if __name__ == "__main__":
    main()
