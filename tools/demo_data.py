#!/usr/bin/python3
"""Writes import files of any size with valid numbers: enrolments, opening balances and contributions (make demo-data)."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import csv
import datetime
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parent.parent
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国志文玉梅红春燕晓东海波宁辉林云飞鑫宇浩然子涵欣怡梓萱"
MONTHS_EACH = 60  # of history of an employee
RESIDENT_SHARE, RETIRED_SHARE, OPENING_SHARE = 0.10, 0.10, 0.25
ENROLMENT_HEADER = ("citizen_number,name,phone,card_number,pool_code,scheme,status,account_mode,payer_kind,"
                    "employer_code,started_on,ended_on,retired_on\n")
OPENING_HEADER = "citizen_number,name,pool_code,as_of,current_year_yuan,carried_over_yuan,source_document\n"
CONTRIBUTION_HEADER = ("citizen_number,pool_code,scheme,period,kind,source_document,base_yuan,personal_yuan,"
                       "employer_yuan,subsidy_yuan,paid_on,channel,employer_code\n")


def citizen_number(region_code, born, sequence):
    """`sequence` 0 to 999: odd for men, even for women."""
    head = f"{region_code}{born:%Y%m%d}{sequence:03d}"
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, CITIZEN_WEIGHTS)) % 11]


def credit_code(number):
    """A valid unified social credit code for each number."""
    head = f"91620500{number:09d}"
    total = sum(CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(head))
    return head + CREDIT_ALPHABET[-total % 31]


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def months_back(last, count):
    """`count` pairs (YYYY-MM, day in it), the oldest first, ending with `last` (year, month)."""
    end = last[0] * 12 + last[1] - 1
    return [(f"{n // 12:04d}-{n % 12 + 1:02d}", f"{n // 12:04d}-{n % 12 + 1:02d}-15") for n in range(end - count + 1, end + 1)]


class Generator:
    def __init__(self, rows, seed, last_month):
        self.random = random.Random(seed)
        self.rows = rows
        self.last_month = last_month
        self.months = months_back(last_month, MONTHS_EACH)
        with open(ROOT / "db/data/pools.csv", encoding="utf-8") as file:
            lines = (line for line in file if not line.startswith("#"))
            self.pools = [row["code"] for row in csv.DictReader(lines)]
        self.employers = [credit_code(n) for n in range(max(1, rows // 5000))]
        self.used = set()

    def new_number(self, region_code, oldest, youngest):
        while True:
            born = datetime.date(self.random.randint(oldest, youngest), self.random.randint(1, 12), self.random.randint(1, 28))
            number = citizen_number(region_code, born, self.random.randint(0, 999))
            if number not in self.used:
                self.used.add(number)
                return number

    def name(self):
        return self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=self.random.choice((1, 2, 2))))

    def resident(self, serial, pool_code, wanted):
        number = self.new_number(pool_code, 1940, 2015)
        years = [self.last_month[0] - n for n in range(4, -1, -1)][:wanted]
        enrolment = f"{number},{self.name()},,DEMO{serial:012d},{pool_code},resident,active,pooled_only,self,,{years[0]}-01-01,,\n"
        amounts = {year: (400 - 20 * (self.last_month[0] - year), 670 - 30 * (self.last_month[0] - year)) for year in years}
        rows = [f"{number},{pool_code},resident,{year},regular,R{year}-{serial},,{amounts[year][0]}.00,,{amounts[year][1]}.00,"
                f"{year - 1}-11-{serial % 20 + 1:02d},mobile,\n" for year in years]
        return enrolment, None, rows

    def employee(self, serial, pool_code, wanted):
        is_retired = self.random.random() < RETIRED_SHARE
        year = self.last_month[0]
        number = self.new_number(pool_code, year - 85, year - 61) if is_retired else self.new_number(pool_code, year - 58, year - 30)
        employer = self.random.choice(self.employers)
        # People who retired have their history from before.
        months = months_back((year - 4, 6), min(wanted, MONTHS_EACH)) if is_retired else self.months[-wanted:]
        base_fen = self.random.randint(4000, 30000) * 100
        start = f"{year - self.random.randint(6, 9)}-{self.random.randint(1, 12):02d}-01"
        if is_retired:
            start = f"{year - 20}-01-01"
        name = self.name()
        enrolment = (f"{number},{name},138{serial % 100000000:08d},DEMO{serial:012d},{pool_code},employee,active,"
                     f"with_account,employer,{employer},{start},,{f'{year - 4}-07-01' if is_retired else ''}\n")
        opening = None
        if self.random.random() < OPENING_SHARE:
            opening = (f"{number},{name},{pool_code},{months[0][0]}-01,{yuan(self.random.randint(0, 300000))},"
                       f"{yuan(self.random.randint(0, 2000000))},CUTOVER-{serial}\n")
        start_of_row = f"{number},{pool_code},employee,"
        money = f",{yuan(base_fen)},{yuan(base_fen * 2 // 100)},{yuan(base_fen * 8 // 100)},,"
        rest = f",employer,{employer}\n"
        rows = [f"{start_of_row}{month},regular,E{month}-{serial}{money}{day}{rest}" for month, day in months]
        return enrolment, opening, rows

    def people(self):
        """Enrolment, opening balance (or None) and contribution lines of one person after another."""
        serial = written = 0
        while written < self.rows:
            serial += 1
            make = self.resident if self.random.random() < RESIDENT_SHARE else self.employee
            person = make(serial, self.random.choice(self.pools), min(MONTHS_EACH, self.rows - written))
            written += len(person[2])
            yield person


def write_files(directory, generator):
    directory.mkdir(parents=True, exist_ok=True)
    names = ("enrolments.csv", "opening_balances.csv", "contributions.csv")
    files = [open(directory / name, "w", encoding="utf-8", newline="") for name in names]
    for file, header in zip(files, (ENROLMENT_HEADER, OPENING_HEADER, CONTRIBUTION_HEADER)):
        file.write(header)
    counts = [0, 0, 0]
    for enrolment, opening, rows in generator.people():
        files[0].write(enrolment)
        files[2].writelines(rows)
        counts[0] += 1
        counts[2] += len(rows)
        if opening is not None:
            files[1].write(opening)
            counts[1] += 1
    for file, name, count in zip(files, names, counts):
        file.close()
        print(f"{directory / name}: {count} rows")


def last_full_month(today):
    return (today.year - 1, 12) if today.month == 1 else (today.year, today.month - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, help="rows of contributions.csv; people follow from it")
    parser.add_argument("directory", type=pathlib.Path, nargs="?", default=ROOT / "var/demo-data")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, rows and month give the same files")
    parser.add_argument("--last-month", help="YYYY-MM of the newest contributions; default the last full month")
    options = parser.parse_args()
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    last_month = last_full_month(today)
    if options.last_month:
        year, month = options.last_month.split("-")
        last_month = (int(year), int(month))
    write_files(options.directory, Generator(max(1, options.rows), options.seed, last_month))


if __name__ == "__main__":
    main()
