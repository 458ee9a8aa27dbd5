"""Forms of files: encodings, headers in two languages, quoting, line ends; and files that cannot be read at all."""
# SPDX-License-Identifier: Apache-2.0
import subprocess

import pytest
from importing import BINARY, contribution, csv_text, enrolment, person_number

CHINESE = "身份证号,统筹区,险种,费款所属期,缴费类型,单据号,缴费基数（元）,个人缴费(元),单位缴费,缴费日期\n" \
          f"{person_number(1)},620500,职工医保,202603,正常应缴,凭证1,5000,100.5,400,20260320\n" \
          f"{person_number(2)},620500,310,2026年3月,补缴,凭证2,,7,,2026-03-21\n"


def stored(books):
    return books.ask("SELECT scheme, period::text, kind, source_document, personal_fen, paid_on::text FROM contribution"
                     " WHERE source_document LIKE '凭证%%' ORDER BY source_document")


@pytest.mark.parametrize("encode", [
    lambda text: text.encode(),
    lambda text: text.encode("utf-8-sig"),
    lambda text: text.encode("gb18030"),
    lambda text: b"\x84\x31\x95\x33" + text.encode("gb18030"),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace("\n", "\r\n").encode("gb18030"),
    lambda text: text.rstrip("\n").encode(),
    lambda text: "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in text.splitlines()).encode(),
    lambda text: text.replace(",", " \t,　 ").encode(),
], ids=["utf-8", "utf-8 mark", "gb18030", "gb18030 mark", "crlf", "gb18030 crlf", "no last line end", "quoted", "blanks"])
def test_forms_of_one_file(people, encode):
    people.good("contributions", encode(CHINESE))
    assert stored(people) == [
        ("employee", "2026-03-01", "regular", "凭证1", 10050, "2026-03-20"),
        ("employee", "2026-03-01", "back_payment", "凭证2", 700, "2026-03-21")]


def test_names_in_gb18030_are_the_same_names(people):
    """Beyond GBK too: four bytes."""
    people.good("enrolments", csv_text(("citizen_number", "name", "pool_code", "scheme", "started_on"),
                                       [enrolment(9, name="㐂𠮷·吉")]).encode("gb18030"))
    people.good("contributions", f"citizen_number,姓名,pool_code,scheme,period,source_document,personal_yuan\n"
                                 f"{person_number(9)},㐂𠮷·吉,620500,employee,2026-03,D1,1\n")


def test_columns_in_any_order(people):
    people.good("contributions", f"personal_yuan,source_document,period,scheme,pool_code,citizen_number\n"
                                 f"1.5,D1,2026-03,employee,620500,{person_number(1)}\n")
    assert people.balance(1) == (150, 0)


def test_quotes_commas_and_doubled_quotes(people):
    people.good("contributions", [contribution(1, source_document='say "hello", friend')])
    assert people.one("SELECT count(*) FROM contribution WHERE source_document = 'say \"hello\", friend'") == 1


@pytest.mark.parametrize(("header", "complaint"), [
    ("citizen_number,pool_code,scheme,period,source_document,personal_yuan,shoe_size", 'unknown column "shoe_size"'),
    ("citizen_number,pool_code,scheme,period,source_document,personal_yuan,身份证号", 'column given twice: "身份证号"'),
    ("citizen_number,pool_code,scheme,period,source_document", 'missing column "personal_yuan"'),
    ("citizen_number,pool_code,scheme,period,source_document,personal_yuan,", 'unknown column ""'),
    ("a,b", 'unknown column "a"; unknown column "b"; missing column "citizen_number"'),
])
def test_a_header_that_does_not_fit(people, header, complaint):
    outcome = people.load("contributions", header + "\n" + f"{person_number(1)},620500,employee,2026-03,D1,1,x\n")
    assert outcome.code == 1 and complaint in outcome.err


@pytest.mark.parametrize("content", ["", "\n\n", b"\x00" * 100, b"\xff\xfe" + "citizen_number".encode("utf-16-le"),
                                     b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20])
def test_what_is_no_csv(people, content):
    before = people.counts()
    assert people.load("contributions", content).code == 1
    assert people.counts() == before


def test_a_header_alone_is_a_file_without_rows(people):
    assert "0 rows" in people.good("contributions", []).out


def test_one_bad_byte_does_not_turn_utf8_into_gb18030(people):
    rows = csv_text(("citizen_number", "name", "pool_code", "scheme", "started_on"), [enrolment(n, name="张三") for n in range(10, 30)])
    outcome = people.load("enrolments", rows.encode().replace("张三".encode(), b"\xbf\xd5", 1))
    assert [fault[:3] for fault in outcome.faults] == [(2, "", "bad_encoding")]


def test_a_file_that_is_not_there(people):
    outcome = people.load("contributions", people.directory / "absent.csv")
    assert outcome.code == 1 and "absent.csv" in outcome.err


@pytest.mark.parametrize("arguments", [[], ["contributions"], ["people", "x.csv"], ["contributions", "x.csv",
                                                                                    "--force"], ["contributions", "x.csv", "y.csv"]])
def test_wrong_usage(people, arguments):
    done = subprocess.run([str(BINARY), "import", *arguments], env=people.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "usage:" in done.stderr
