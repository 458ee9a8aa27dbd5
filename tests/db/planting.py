"""Whether a planted fault was found where it is, and stands in the list of docs/auditing.md."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import re

LIST = pathlib.Path(__file__).resolve().parents[2] / "docs" / "auditing.md"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ROW = re.compile(r"^\| (?P<what>[^|]+) \| `(?P<table>[^`|]+)` \| `(?P<column>[^`|]+)` \| `(?P<check>[^`|]+)` \|$", re.MULTILINE)


def listed():
    """{what: (table, column, check)}"""
    return {row["what"]: (row["table"], row["column"], row["check"]) for row in ROW.finditer(LIST.read_text(encoding="utf-8"))}


def shown(column):
    """Where the column is a sum over an operation, its id is another one in each run."""
    return UUID.sub("an operation", column)


def assert_named(report, what, table, key, column):
    """Among the faults is one of this table, key (None: any) and column (None: any); and it is listed as such."""
    found = [fault for fault in report["faults"] if fault["table"] == table and (key is None or fault["key"] == str(key))
             and column in (None, fault["column"])]
    assert found and not report["clean"], report["faults"]
    what = what.replace("_", " ")
    if os.environ.get("YIBAO_PLANTED_LIST"):
        with open(os.environ["YIBAO_PLANTED_LIST"], "a", encoding="utf-8") as rows:
            rows.write(f"| {what} | `{table}` | `{shown(found[0]['column'])}` | `{found[0]['check']}` |\n")
        return
    assert listed().get(what) in [(table, shown(fault["column"]), fault["check"]) for fault in found], (
        f"docs/auditing.md has {listed().get(what)} for {what!r}; found: {found}")
