"""The generators refuse what is malformed or contradictory, naming file and line, and their output compiles."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SMALL = ROOT / "tests" / "unit" / "data" / "openapi_small.yaml"
QUERY = """-- The balance of each member's account.
-- SPDX-License-Identifier: Apache-2.0
-- mode: set
-- lane: read
-- repeatable: yes
-- param: account_id uuid
-- column: ord int8
-- column: balance_fen int8
SELECT q.ord, 1 -- not the end; "quoted" $7
FROM unnest($1::uuid[]) WITH ORDINALITY AS q (account_id, ord)
ORDER BY q.ord;
"""


def run(tool, *arguments):
    command = [sys.executable, ROOT / "tools" / tool, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def compile_c(folder, name):
    command = ["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Wconversion", "-Werror", f"-I{ROOT}", f"-I{folder}",
               "-c", folder / name, "-o", folder / (name + ".o")]
    subprocess.run(command, check=True, timeout=60)


def generate_query(folder, text, name="account_balance.sql"):
    queries = folder / "queries"
    queries.mkdir()
    (queries / name).write_text(text, encoding="utf-8")
    return run("generate_statements.py", queries, folder / "out")


def test_a_query_becomes_a_table_that_compiles(tmp_path):
    result = generate_query(tmp_path, QUERY)
    assert result.returncode == 0, result.stderr
    header = (tmp_path / "out" / "statements.h").read_text()
    assert "ACCOUNT_BALANCE_PARAM_ACCOUNT_ID" in header and "ACCOUNT_BALANCE_COLUMN_BALANCE_FEN" in header
    run("generate_operations.py", SMALL, tmp_path / "out", "--without-handlers", "--problems", ROOT / "openapi.yaml")
    compile_c(tmp_path / "out", "statements.c")


def test_no_queries_are_fine(tmp_path):
    (tmp_path / "queries").mkdir()
    assert run("generate_statements.py", tmp_path / "queries", tmp_path / "out").returncode == 0
    compile_c(tmp_path / "out", "statements.c")


@pytest.mark.parametrize(("old", "new", "line", "words"), [
    ("-- The balance of each member's account.\n", "", 1, "purpose"),
    ("-- SPDX-License-Identifier: Apache-2.0\n", "", 1, "SPDX"),
    ("mode: set", "mode: sets", 3, "mode"),
    ("-- lane: read\n", "", 1, "lane"),
    ("-- lane: read\n", "-- lane: read\n-- lane: slow\n", 5, "twice"),
    ("account_id uuid", "account_id uid", 6, "unknown type"),
    ("account_id uuid", "account_id", 6, "needs"),
    ("-- column: ord int8\n", "", 1, "ord"),
    ("balance_fen int8", "ord int8", 8, "twice"),
    ("$1::uuid[]", "$2::uuid[]", 10, "$2"),
    ("$1::uuid[]", "'{}'::uuid[]", 9, "never used"),
    ("ORDER BY q.ord;", "", 9, "ORDER BY"),
    ("ORDER BY q.ord;", "ORDER BY q.ord; SELECT 2", 11, "exactly one"),
    (QUERY[QUERY.index("SELECT"):], "", 8, "no statement"),
    ("repeatable: yes", "repeatable: yes\n-- writes: yes", 1, "the read lane for what does not"),
    ("repeatable: yes", "repeatable: yes\n-- deferral: yes", 1, "write lane"),
    ("repeatable: yes", "repeatable: no\n-- replica: yes", 1, "replica"),
    (QUERY[QUERY.index("-- param"):], "-- replica: yes\n" + QUERY[QUERY.index("-- param"):-2] + "\n  FOR UPDATE;", 13, "stand-by"),
    ("-- lane: read\n", "-- lane: write\n-- deferral: yes\n", 1, "wait bool"),
    ("-- lane: read\n", "-- lane: read\n-- distinct: account_id\n", 1, "distinct"),
])
def test_a_wrong_query_is_refused(tmp_path, old, new, line, words):
    assert old in QUERY
    result = generate_query(tmp_path, QUERY.replace(old, new))
    assert result.returncode == 1
    assert f"account_balance.sql:{line}: " in result.stderr and words in result.stderr


def test_a_query_has_a_plain_name(tmp_path):
    assert "lower_snake_case" in generate_query(tmp_path, QUERY, "Account-Balance.sql").stderr


def generate_operations(folder, text):
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    return run("generate_operations.py", folder / "contract.yaml", folder / "out", "--problems", ROOT / "openapi.yaml")


@pytest.mark.parametrize("source", [SMALL, ROOT / "openapi.yaml"])
def test_a_contract_becomes_tables_that_compile(tmp_path, source):
    (tmp_path / "queries").mkdir()
    run("generate_statements.py", tmp_path / "queries", tmp_path / "out")
    result = run("generate_operations.py", source, tmp_path / "out", "--problems", ROOT / "openapi.yaml")
    assert result.returncode == 0, result.stderr
    compile_c(tmp_path / "out", "operations.c")


@pytest.mark.parametrize(("old", "new", "words"), [
    ("operationId: getThing\n", "operationId: listThings\n", "twice"),
    ("operationId: getThing\n", "operationId: 'get thing'\n", "lowerCamelCase"),
    ("      operationId: getThing\n", "", "operationId"),
    ("      operationId: getThing\n      x-kinds: [citizen]", "      operationId: getThing\n      x-kinds: [alien]", "x-kinds"),
    ("      x-roles: [operator]\n", "", "x-roles"),
    ("operationId: getThing\n", "operationId: getThing\n      x-replica: false\n", "left out"),
    ("operationId: createThing\n", "operationId: createThing\n      x-replica: true\n", "GET"),
    ("      security: []\n", "      security: []\n      x-kinds: [citizen]\n", "public"),
    ("operationId: getThing\n", "operationId: getThing\n      x-scope: balance\n", "client"),
    ("operationId: getThing\n", "operationId: getThing\n      x-client-kinds: [app]\n", "client"),
    ("getThing\n      x-kinds: [citizen]", "getThing\n      x-kinds: [client]\n      x-scope: balance", "id of the person"),
    ("getThing\n      x-kinds: [citizen]", "getThing\n      x-kinds: [client]\n      x-client-kinds: [robot]", "x-client-kinds"),
    ("getThing\n      x-kinds: [citizen]", "getThing\n      x-kinds: [client]\n      x-client-kinds: []", "x-client-kinds"),
    ("maxLength: 1024", "minimum: 3", "maxLength"),
    ("minimum: 1, maximum: 100", "minimum: 1", "maximum"),
    ("minimum: 1, maximum: 100", "minimum: 101, maximum: 100", "contradict"),
    ("default: 20", "default: 2000", "default"),
    ("default: true", "default: 1", "default"),
    ("enum: [red, green]}", "enum: [red, red]}", "twice"),
    ("format: date}", "format: day}", "not known"),
    (", pattern: '^[0-9]{6}$'}}", "}}", "pattern"),
    ("{name: label, in: query", "{name: kind, in: query", "twice"),
    ("{name: label, in: query", "{name: label, in: cookie", "not supported"),
    ("Idempotency-Key", "X-Else", "does not pass"),
    ("        - {name: verbose, in: query, schema: {type: boolean}}\n", "".join(
        f"        - {{name: {name}, in: header, schema: {{type: integer, minimum: 1, maximum: 2}}}}\n"
        for name in ("Caller-Phone", "Idempotency-Key")), "LIMIT_HEADER_ARGUMENTS"),
    ("{name: thing_id, in: path, required: true", "{name: other_id, in: path, required: true", "the path names"),
    ("{name: thing_id, in: path, required: true", "{name: thing_id, in: path", "must be required"),
    ("additionalProperties: false", "additionalProperties: true", "additionalProperties"),
    ("required: [name, amount_fen]", "required: [name, amount]", "no property"),
    ("                  uniqueItems: true\n", "", "uniqueItems"),
    ("                    additionalProperties: false\n", "", "objects of an array"),
    ("colour: {type: string, enum: [red, green]}", "colour: {type: boolean, default: true}", "no array and no default"),
    ("                  maxItems: 2\n                  items:\n", "                  maxItems: 2\n                  uniqueItems: true\n"
     "                  items:\n", "not enforced"),
    ("text/csv: {}", "text/html: {}", "not supported"),
    ("        '201':", "        default:", "by its number"),
    ("/v1/things/latest:", "/v1/things/{latest}:", "the path names"),
    ("/v1/things/latest:", "/v1/things/La test:", "segment"),
    ("      operationId: getThing\n", "      operationId: getThing\n      operationId: getThing\n", "twice"),
    ("schema: {type: boolean, default: true}", "schema: {$ref: '#/components/none'}", "nowhere"),
    ("paths:", "paths: [", ""),
])
def test_a_wrong_contract_is_refused(tmp_path, old, new, words):
    text = SMALL.read_text(encoding="utf-8")
    assert old in text
    result = generate_operations(tmp_path, text.replace(old, new))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "contract.yaml:" in result.stderr and words in result.stderr, result.stderr


@pytest.mark.parametrize(("old", "new"), [
    ("    status: 404\n", "    status: 204\n"), ("    retryable: false\n", "    retryable: perhaps\n"),
    ("  - code: not_found\n", "  - code: forbidden\n"), ("    title_zh: 没有找到\n", ""),
    ("    title_zh: 没有找到\n", "    title_zh: 没有找到\n    colour: red\n"),
])
def test_a_wrong_problem_is_refused(tmp_path, old, new):
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    start = text.index("x-problems:")
    assert old in text[start:]
    (tmp_path / "problems.yaml").write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    result = run("generate_operations.py", SMALL, tmp_path / "out", "--problems", tmp_path / "problems.yaml")
    assert result.returncode == 1 and "problems.yaml:" in result.stderr


def test_headers_that_are_arguments_are_listed_for_the_guard(tmp_path):
    assert generate_operations(tmp_path, SMALL.read_text(encoding="utf-8")).returncode == 0
    source = (tmp_path / "out" / "operations.c").read_text()
    listed = source[source.index("argument_headers[]"):].split(";")[0]
    assert '"idempotency-key"' in listed and '"caller-number"' in listed and listed.endswith("NULL}")
    assert '{.name = "caller-pin", .place = ARG_HEADER' in source


def test_the_page_of_errors_is_current():
    result = run("generate_errors.py", ROOT / "openapi.yaml")
    assert result.stdout == (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), \
        "run tools/generate_errors.py openapi.yaml > docs/errors.md"


def test_the_texts_of_the_proxy_are_those_of_the_openapi_document():
    result = run("generate_proxy_problems.py", ROOT / "openapi.yaml")
    assert result.stdout == (ROOT / "docker" / "haproxy" / "problems.map").read_text(encoding="utf-8"), "run make docs"


def test_the_page_of_state_machines_is_current():
    result = run("generate_state_machines.py", ROOT / "db" / "data" / "state_machines.csv")
    assert result.stdout == (ROOT / "docs" / "state-machines.md").read_text(encoding="utf-8"), \
        "run make docs"
