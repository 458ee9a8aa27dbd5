"""docs/import-formats.md says what the program does: every column, every header, every word, every fault."""
# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from importing import ROOT

PAGE = (ROOT / "docs/import-formats.md").read_text(encoding="utf-8")
WORDS = (ROOT / "cli/import/words.h").read_text(encoding="utf-8")
NAMED = dict(re.findall(r'#define (HEADERS_\w+)\s+"([^"]*)"', re.sub(r'\\\n\s*', "", WORDS)))


def columns(kind):
    """(name, [other headers]) of each column in the C table."""
    source = (ROOT / f"cli/import/{kind}.c").read_text(encoding="utf-8")
    table = source[source.index("columns[COLUMNS] = {"):source.index("static const struct staged_cell")]
    for name, rest in re.findall(r'\{\s*"(\w+)",\s*((?:"[^"]*"\s*)+|HEADERS_\w+)', table):
        yield name, (NAMED[rest] if rest in NAMED else "".join(re.findall(r'"([^"]*)"', rest))).split("|")


@pytest.mark.parametrize(("kind", "count"), [("enrolments", 15), ("contributions", 14), ("opening_balances", 7)])
def test_every_column_and_header(kind, count):
    found = list(columns(kind))
    assert len(found) == count
    for name, headers in found:
        assert f"`{name}`" in PAGE
        for header in headers:
            assert re.search(rf"(^|[ |]){re.escape(header)}($|[ |])", PAGE, re.M), header


def test_every_stored_word():
    for word in re.findall(r'\{"(\w+)",', (ROOT / "cli/import/words.c").read_text(encoding="utf-8")):
        assert f"`{word}`" in PAGE


def test_every_fault():
    listed = re.findall(r'FAULT\(\w+,\s*"(\w+)",\s*(\w+),\s*"([^"]*)",\s*"([^"]*)"\)',
                        (ROOT / "api/imports/fault.def").read_text(encoding="utf-8"))
    assert len(listed) > 40
    for code, severity, zh, en in listed:
        assert f"| `{code}` | {severity.lower()} | {zh} | {en} |" in PAGE
