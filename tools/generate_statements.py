#!/usr/bin/env python3
"""Turns db/queries/*.sql into build/generated/statements.{h,c}, the tables of server/pg/statement.h."""
# SPDX-License-Identifier: Apache-2.0
#
# Usage: generate_statements.py QUERIES_FOLDER OUT_FOLDER
#
# A query file is comment lines, then one statement:
#   -- <one sentence of purpose>
#   -- SPDX-License-Identifier: Apache-2.0
#   -- mode: set            (set | single; default single)
#   -- lane: read           (read | write | slow)
#   -- repeatable: yes      (yes | no)
#   -- writes: yes          (yes | no; default: what is on the write lane. Of others, what a caller cannot take back)
#   -- replica: yes         (yes | no; default no. A stand-by may answer it for operations with x-replica: server/pg/replica.h)
#   -- deferral: yes        (yes | no; default no: server/pg/deferral.h)
#   -- distinct: account_id (with deferral: members with the same value do not travel together)
#   -- param: person_key int8
#   -- column: ord int8
import pathlib
import re
import sys

TYPES = ("bool", "int2", "int4", "int8", "text", "bytea", "uuid", "date", "instant")
CHOICES = {"mode": ("single", "set"), "lane": ("read", "write", "slow"), "repeatable": ("yes", "no"),
           "replica": ("yes", "no"), "deferral": ("yes", "no"), "writes": ("yes", "no")}
NAME = re.compile(r"[a-z][a-z0-9_]*")
DIRECTIVE = re.compile(r"--\s*(mode|lane|repeatable|writes|replica|deferral|distinct|param|column)\s*:(.*)")
SPDX = "-- SPDX-License-Identifier: Apache-2.0"
# What a stand-by refuses, or would do for itself alone.
WRITES = re.compile(r"\b(insert\s+into|update|delete\s+from|merge\s+into|for\s+(?:key\s+)?share|nextval|setval|pg_\w*advisory\w*|lo_\w+"
                    r"|notify)\b", re.I)
# What may hide a semicolon or a $1 inside a statement: comments, quoted text and names, dollar quotes.
HIDDEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$([A-Za-z_]*)\$.*?\$\1\$", re.S)


class Malformed(Exception):
    def __init__(self, path, line, what):
        super().__init__(f"{path}:{line}: {what}")


class Statement:
    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.settings = {}
        self.params = []
        self.columns = []
        self.sql = []
        self.sql_line = 1

    @property
    def is_set(self):
        return self.settings["mode"] == "set"

    @property
    def on_replica(self):
        return self.settings["replica"] == "yes"

    @property
    def can_defer(self):
        return self.settings["deferral"] == "yes"


def read_statement(path, params_max):
    statement = Statement(path)
    if not NAME.fullmatch(path.stem):
        raise Malformed(path, 1, "the file name must be lower_snake_case")
    lines = path.read_text(encoding="utf-8").splitlines()
    read_header(statement, lines)
    check_header(statement, params_max)
    check_sql(statement)
    return statement


def read_header(statement, lines):
    path = statement.path
    if not lines or not re.match(r"-- \S", lines[0]) or DIRECTIVE.match(lines[0]) or lines[0] == SPDX:
        raise Malformed(path, 1, "the first line must be a comment with one sentence of purpose")
    if SPDX not in lines:
        raise Malformed(path, 1, f"the header lacks “{SPDX}”")
    for number, line in enumerate(lines, 1):
        if not line.startswith("--") and line.strip():
            statement.sql_line = number
            statement.sql = lines[number - 1:]
            return
        directive = DIRECTIVE.match(line)
        if directive:
            read_directive(statement, number, directive.group(1), directive.group(2).split("(")[0].strip())
    raise Malformed(path, len(lines), "there is no statement after the header")


def read_directive(statement, line, key, value):
    path = statement.path
    if key in ("param", "column"):
        words = value.split()
        if len(words) != 2 or not NAME.fullmatch(words[0]):
            raise Malformed(path, line, f"“{key}:” needs a lower_snake_case name and a type, not “{value}”")
        name, kind = words
        if kind not in TYPES:
            raise Malformed(path, line, f"unknown type “{kind}”; the types are {' '.join(TYPES)}")
        entries = statement.params if key == "param" else statement.columns
        if any(name == other for other, _ in entries):
            raise Malformed(path, line, f"{key} “{name}” stands twice")
        entries.append((name, kind))
    elif key in statement.settings:
        raise Malformed(path, line, f"“{key}:” stands twice")
    elif key == "distinct":
        statement.settings[key] = value
    elif value not in CHOICES[key]:
        raise Malformed(path, line, f"“{key}:” must be one of {' '.join(CHOICES[key])}, not “{value}”")
    else:
        statement.settings[key] = value


def check_header(statement, params_max):
    path = statement.path
    statement.settings.setdefault("mode", "single")
    statement.settings.setdefault("deferral", "no")
    statement.settings.setdefault("replica", "no")
    for key in ("lane", "repeatable"):
        if key not in statement.settings:
            raise Malformed(path, 1, f"the header lacks “-- {key}:”")
    statement.settings.setdefault("writes", "yes" if statement.settings["lane"] == "write" else "no")
    if (statement.settings["lane"], statement.settings["writes"]) in (("write", "no"), ("read", "yes")):
        raise Malformed(path, 1, "the write lane is for what writes, and the read lane for what does not")
    if len(statement.params) > params_max:
        raise Malformed(path, 1, f"{len(statement.params)} parameters; LIMIT_STATEMENT_PARAMS is {params_max}")
    if statement.is_set and statement.columns[:1] != [("ord", "int8")]:
        raise Malformed(path, 1, "in set mode the first column must be “-- column: ord int8”")
    if statement.is_set and not statement.params:
        raise Malformed(path, 1, "a statement in set mode needs at least one parameter")
    if statement.on_replica and (statement.settings["writes"], statement.settings["repeatable"]) != ("no", "yes"):
        raise Malformed(path, 1, "“replica: yes” is for statements that write nothing and may be repeated")
    check_deferral(statement)


def check_deferral(statement):
    path = statement.path
    if not statement.can_defer:
        if "distinct" in statement.settings:
            raise Malformed(path, 1, "“distinct:” is for statements with “deferral: yes”")
        return
    if not statement.is_set or statement.settings["lane"] != "write":
        raise Malformed(path, 1, "“deferral: yes” is for statements in set mode on the write lane")
    if ("wait", "bool") not in statement.params or ("status", "text") not in statement.columns:
        raise Malformed(path, 1, "“deferral: yes” needs “-- param: wait bool” and “-- column: status text”")
    if "distinct" in statement.settings and (statement.settings["distinct"], "uuid") not in statement.params:
        raise Malformed(path, 1, "“distinct:” must name a parameter of type uuid")


def check_sql(statement):
    path, line = statement.path, statement.sql_line
    sql = "\n".join(statement.sql).rstrip()
    if sql.endswith(";"):
        sql = sql[:-1].rstrip()
    statement.sql = sql.split("\n")
    bare = HIDDEN.sub(lambda match: "\n" * match.group(0).count("\n") + " ", sql)
    if ";" in bare:
        raise Malformed(path, line + bare[: bare.index(";")].count("\n"), "a file holds exactly one statement")
    written = WRITES.search(bare)
    if statement.on_replica and written:
        raise Malformed(path, line + bare[: written.start()].count("\n"), f"a stand-by cannot do “{written.group(0)}”")
    used = set()
    for match in re.finditer(r"\$(\d+)", bare):
        used.add(int(match.group(1)))
        if not 1 <= int(match.group(1)) <= len(statement.params):
            where = line + bare[: match.start()].count("\n")
            raise Malformed(path, where, f"{match.group(0)} has no “-- param:” line")
    for index, (name, _) in enumerate(statement.params, 1):
        if index not in used:
            raise Malformed(path, line, f"param “{name}” (${index}) is never used")
    if statement.is_set and not re.search(r"\border\s+by\b", bare, re.I):
        raise Malformed(path, line, "in set mode the statement must ORDER BY ord")


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


def header_text(statements):
    out = ["/* Generated from db/queries by tools/generate_statements.py: do not edit. */",
           "/* SPDX-License-Identifier: Apache-2.0 */", "#pragma once", "", "enum statement {", "    STATEMENT_NONE,"]
    out += [f"    STATEMENT_{s.name.upper()}," for s in statements]
    out += ["    STATEMENT_COUNT,", "};"]
    for s in statements:
        for what, entries in (("param", s.params), ("column", s.columns)):
            if not entries:
                continue
            prefix = f"{s.name}_{what}".upper()
            out += ["", f"enum {s.name}_{what} {{"]
            out += [f"    {prefix}_{name.upper()}," for name, _ in entries]
            out.append("};")
    return "\n".join(out) + "\n"


def source_text(statements):
    out = ["/* Generated from db/queries by tools/generate_statements.py: do not edit. */",
           "/* SPDX-License-Identifier: Apache-2.0 */", '#include "server/pg/statement.h"', ""]
    for s in statements:
        for what, entries in (("params", s.params), ("columns", s.columns)):
            if entries:
                values = ", ".join(f"VALUE_{kind.upper()}" for _, kind in entries)
                out.append(f"static const enum value_type {s.name}_{what}[] = {{{values}}};")
        if s.can_defer:
            names = [name for name, _ in s.params]
            distinct = names.index(s.settings["distinct"]) if "distinct" in s.settings else -1
            status = [name for name, _ in s.columns].index("status")
            out.append(f"static const struct deferral_info {s.name}_deferral = {{.wait_param = {names.index('wait')}, "
                       f".status_column = {status}, .distinct_param = {distinct}}};")
    out += ["", "const struct statement_info statement_infos[] = {",
            '    [STATEMENT_NONE] = {.name = "none", .sql = "", .repeatable = true},']
    for s in statements:
        out += [f"    [STATEMENT_{s.name.upper()}] = {{", f'        .name = "{s.name}",', "        .sql ="]
        out += [f"            {c_string(line)}" + ' "\\n"' for line in s.sql[:-1]]
        out += [f"            {c_string(s.sql[-1])},",
                f"        .mode = STATEMENT_{s.settings['mode'].upper()},",
                f"        .lane = LANE_{s.settings['lane'].upper()},",
                f"        .writes = {'true' if s.settings['writes'] == 'yes' else 'false'},",
                f"        .repeatable = {'true' if s.settings['repeatable'] == 'yes' else 'false'},",
                f"        .on_replica = {'true' if s.on_replica else 'false'},",
                f"        .params_count = {len(s.params)},", f"        .columns_count = {len(s.columns)},"]
        out += [f"        .{what} = {s.name}_{what}," for what in ("params", "columns") if getattr(s, what)]
        out += [f"        .deferral = &{s.name}_deferral,"] * s.can_defer
        out.append("    },")
    return "\n".join(out + ["};"]) + "\n"


def limit(name):
    """One number of server/limits.h."""
    path = pathlib.Path(__file__).resolve().parent.parent / "server" / "limits.h"
    found = re.search(rf"^#define {name} (\d+)\b", path.read_text(encoding="utf-8"), re.M)
    if not found:
        raise Malformed(path, 1, f"{name} is not a plain number there")
    return int(found.group(1))


def main(arguments):
    if len(arguments) != 2:
        print("usage: generate_statements.py QUERIES_FOLDER OUT_FOLDER", file=sys.stderr)
        return 2
    out = pathlib.Path(arguments[1])
    try:
        params_max = limit("LIMIT_STATEMENT_PARAMS")
        statements = [read_statement(path, params_max) for path in sorted(pathlib.Path(arguments[0]).glob("*.sql"))]
    except (Malformed, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    (out / "statements.h").write_text(header_text(statements), encoding="utf-8")
    (out / "statements.c").write_text(source_text(statements), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
