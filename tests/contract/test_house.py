"""The measure of the house: no file, line or function is longer than what a reader takes in."""
# SPDX-License-Identifier: Apache-2.0
import ast
import functools
import os
import pathlib

import pytest
from tests.harness.server import ROOT

FILE_LINES_MAX, FUNCTION_LINES_MAX = 300, 60
# Lines of C are clang-format's: 120. Migrations that are released are not edited any more.
LINE_MAX = {".sql": 120, ".py": 150}
LEFT_OUT = {".git", "build", "var", "node_modules", "migrations"}


@functools.cache
def sources(*kinds):
    """Each file of these kinds with its lines."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        found += [pathlib.Path(folder, name) for name in names if name.endswith(kinds)]
    assert len(found) > 100
    return [(path.relative_to(ROOT), path.read_text(encoding="utf-8").splitlines()) for path in sorted(found)]


def c_functions(lines):
    """The line of its opening brace, and how long it is."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number - start + 1
            start = None


def test_files():
    long = [f"{path}: {len(lines)}" for path, lines in sources(".c", ".h", ".sql", ".py") if len(lines) > FILE_LINES_MAX]
    assert long == []


@pytest.mark.parametrize("kind", LINE_MAX)
def test_lines(kind):
    long = [f"{path}:{number}" for path, lines in sources(kind) for number, line in enumerate(lines, 1) if len(line) > LINE_MAX[kind]]
    assert long == []


def test_functions():
    long = [f"{path}:{number}" for path, lines in sources(".c", ".h") for number, length in c_functions(lines) if length > FUNCTION_LINES_MAX]
    for path, lines in sources(".py"):
        nodes = ast.walk(ast.parse("\n".join(lines)))
        long += [f"{path}:{node.lineno}" for node in nodes
                 if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX]  # fmt: skip
    assert long == []
