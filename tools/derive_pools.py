#!/usr/bin/python3
"""Derives db/data/pools.csv from db/data/regions.csv: tools/derive_pools.py > db/data/pools.csv"""
# SPDX-License-Identifier: Apache-2.0
import csv
import pathlib
import sys

DATA = pathlib.Path(__file__).resolve().parents[1] / "db" / "data"
WHOLE_PROVINCE = {"110000", "120000", "310000", "500000", "540000"}  # the four municipalities and Tibet: one pool each
WITHOUT_POOLS = {"71", "81", "82"}  # Taiwan, Hong Kong, Macao
EXAMPLES = {"110000", "120000", "310000", "330600", "350200", "440100", "440300", "500000", "620500", "620900"}
NOT_CONNECTED = {"540000"}  # and the Corps cities in Xinjiang: sample values, so that both cases occur
ACCOUNT_YEAR_STARTS_MONTH = {"310000": 7}
HEADER = """\
# source: derived from regions.csv by tools/derive_pools.py: the four municipalities and Tibet as one pool each, \
elsewhere prefecture-level cities and the counties directly under a province
# connected and account_year_starts_month are SAMPLE VALUES: set them for your own pools
"""


def is_heading(code):
    """110100 city districts, 419000 counties directly under the province: groupings, not places."""
    return code[2:] in ("0100", "0200") and code[:2] + "0000" in WHOLE_PROVINCE or code[2:] == "9000"


def is_pool(row):
    code, level = row["code"], row["level"]
    if code[:2] in WITHOUT_POOLS:
        return False
    if code[:2] + "0000" in WHOLE_PROVINCE:
        return code in WHOLE_PROVINCE
    if level == "city":
        return not is_heading(code)
    return level == "county" and row["parent"][2:] == "9000"


def main():
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        regions = list(csv.DictReader(line for line in file if not line.startswith("#")))
    sys.stdout.write(HEADER)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        ["code", "name", "province", "policy_parent", "connected", "account_year_starts_month", "source"]
    )
    for row in filter(is_pool, regions):
        code = row["code"]
        province = code[:2] + "0000"
        writer.writerow([
            code,
            row["name"],
            province,
            "000000" if code == province else province,
            "no" if code in NOT_CONNECTED or code.startswith("6590") else "yes",
            ACCOUNT_YEAR_STARTS_MONTH.get(code, 1),
            "regions.csv" + (", an example of the documentation" if code in EXAMPLES else ""),
        ])


if __name__ == "__main__":
    main()
