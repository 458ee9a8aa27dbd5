"""Who is in the demo set, and what they have contributed."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime

from demo_data import citizen_number


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
