#!/usr/bin/env python3
"""Turns openapi.yaml into build/generated/operations.{h,c}: operations, arguments, problems and the route tree."""
# SPDX-License-Identifier: Apache-2.0
#
# Usage: generate_operations.py OPENAPI_YAML OUT_FOLDER [--problems OPENAPI_YAML] [--without-handlers]
#   --problems          take x-problems from that file (so that tests share enum problem with the program)
#   --without-handlers  leave every handler NULL (for tests that link only server/)
import argparse
import pathlib
import re
import sys

import operations_source
from openapi_document import METHODS, Fault, load, need, operations, resolve
from operation_argument import Argument

KINDS = ("citizen", "client", "staff")
ROLES = ("operator", "reviewer", "policy", "security", "auditor")
CLIENT_KINDS = ("mini_program", "app", "website", "service_platform", "terminal", "hotline", "provider",
                "payment_platform")
# A client that may call what has one of these in its path needs that person's consent: an x-scope.
PERSONAL_IDS = {"person_id", "account_id"}
MEDIA = {"application/json": "MEDIA_JSON", "text/csv": "MEDIA_CSV", "text/plain": "MEDIA_TEXT", "application/pdf": "MEDIA_PDF",
         "image/jpeg": "MEDIA_JPEG", "image/png": "MEDIA_PNG"}
# A body of these goes into a file: of a table, or of documents.
STREAMED = ({"text/csv"}, {"application/pdf", "image/jpeg", "image/png"})
PLACES = {"path": "ARG_PATH", "query": "ARG_QUERY", "header": "ARG_HEADER"}
# Headers that the runtime reads itself; they are described in the contract but are no arguments. The others are those
# that it passes on, and of which it refuses a second one; any further name can be added here.
RUNTIME_HEADERS = ("if-none-match", "accept-language", "x-request-id", "traceparent", "origin")
ARGUMENT_HEADERS = ("idempotency-key", "caller-number", "caller-pin", "caller-phone")
DEFAULT_BODY_BYTES = 65536
SNAKE = re.compile(r"[a-z][a-z0-9_]*")


def limit(name):
    text = (pathlib.Path(__file__).resolve().parent.parent / "server" / "limits.h").read_text(encoding="utf-8")
    return int(re.search(rf"^#define {name} (\d+)\b", text, re.M).group(1))


def snake_case(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class Operation:
    def __init__(self, document, path, method, item, node):
        self.document, self.path, self.method, self.node = document, path, method, node
        self.name = snake_case(need(node, "operationId", str, f"{method} {path}"))
        if not SNAKE.fullmatch(self.name):
            raise node.fault(f"operationId “{node['operationId']}” is no lowerCamelCase name")
        self.segments = self.read_segments()
        self.arguments = []
        self.body_limit_bytes = 0
        self.streams_body = False
        self.body_media = []
        self.read_parameters(item)
        self.read_body()
        self.media = self.read_media()
        self.kinds, self.roles = self.read_access()
        self.client_kinds, self.scope = self.read_client_access()
        self.on_replica = self.read_replica()
        self.check()

    def fault(self, what):
        return self.node.fault(f"{self.name}: {what}")

    def read_segments(self):
        segments = self.path.removeprefix("/").split("/")
        for segment in segments:
            if not re.fullmatch(r"[a-z0-9_.-]+|\{[a-z][a-z0-9_]*\}", segment):
                raise self.fault(f"path segment “{segment}” is neither a name nor a {{parameter}}")
        return segments

    def read_parameters(self, item):
        found = {}
        for raw in [*item.get("parameters", []), *self.node.get("parameters", [])]:
            parameter = resolve(self.document, raw)
            name, place = need(parameter, "name", str, self.name), need(parameter, "in", str, self.name)
            if (place, name) in found:
                raise parameter.fault(f"{self.name}: {place} parameter “{name}” stands twice")
            found[place, name] = parameter
        in_path = [segment[1:-1] for segment in self.segments if segment.startswith("{")]
        declared = [name for place, name in found if place == "path"]
        if sorted(in_path) != sorted(declared) or len(set(in_path)) != len(in_path):
            raise self.fault(f"the path names {in_path} but the parameters are {declared}")
        order = [("path", name) for name in in_path] + [key for key in found if key[0] != "path"]
        for place, name in order:
            self.add_parameter(place, name, found[place, name])

    def add_parameter(self, place, name, parameter):
        if place not in PLACES:
            raise parameter.fault(f"{self.name}: parameters in {place} are not supported")
        if place == "header":
            name = name.lower()
            if name in RUNTIME_HEADERS:
                return
            if name not in ARGUMENT_HEADERS:
                raise parameter.fault(f"{self.name}: the runtime does not pass the header “{name}” on")
        if place == "path" and parameter.get("required") is not True:
            raise parameter.fault(f"{self.name}: path parameter “{name}” must be required")
        schema = resolve(self.document, parameter.get("schema"))
        if not isinstance(schema, dict):
            raise parameter.fault(f"{self.name}: parameter “{name}” has no schema")
        required = parameter.get("required", False)
        self.arguments.append(Argument(self.document, name, PLACES[place], schema, required, self.name))

    def read_body(self):
        body = resolve(self.document, self.node.get("requestBody"))
        if body is None:
            return
        if self.method != "get" and set(body.get("content", {})) in STREAMED:
            self.read_streamed_body(body["content"])
            return
        if self.method == "get" or list(body.get("content", {})) != ["application/json"]:
            raise self.fault("a body must be application/json, text/csv, or a PDF, JPEG or PNG, and GET takes none")
        schema = resolve(self.document, body["content"]["application/json"].get("schema"))
        if schema is None or schema.get("type") != "object" or schema.get("additionalProperties") is not False:
            raise self.fault("the body must be an object with “additionalProperties: false”")
        required = schema.get("required", [])
        properties = schema.get("properties", {})
        for name in required:
            if name not in properties:
                raise schema.fault(f"{self.name}: required field “{name}” has no property")
        for name, raw in properties.items():
            if not SNAKE.fullmatch(name):
                raise schema.fault(f"{self.name}: field “{name}” is not snake_case")
            schema = resolve(self.document, raw)
            self.arguments.append(Argument(self.document, name, "ARG_BODY", schema, name in required, self.name))
        self.body_limit_bytes = self.node.get("x-body-limit-bytes", DEFAULT_BODY_BYTES)

    def read_streamed_body(self, content):
        """It goes into a file and has no fields; how long it may be is said for each."""
        self.streams_body = True
        self.body_media = sorted(MEDIA[name] for name in content)
        self.body_limit_bytes = need(self.node, "x-body-limit-bytes", int, self.name)
        if not DEFAULT_BODY_BYTES < self.body_limit_bytes < 2**32:
            raise self.fault("x-body-limit-bytes of a streamed body is above 65536 and below 2^32")

    def read_media(self):
        media = []
        for status, raw in need(self.node, "responses", dict, self.name).items():
            if not re.fullmatch(r"[1-5][0-9][0-9]", status):
                raise self.fault(f"response “{status}”: every status is listed by its number")
            if status.startswith("2"):
                for name in resolve(self.document, raw).get("content", {}):
                    if name not in MEDIA:
                        raise self.fault(f"media type {name} is not supported: {' '.join(MEDIA)}")
                    media.append(MEDIA[name])
        return sorted(set(media)) or ["MEDIA_JSON"]

    def read_access(self):
        security = self.node.get("security", self.document.get("security"))
        kinds, roles = self.node.get("x-kinds"), self.node.get("x-roles")
        if security == []:
            if kinds is not None or roles is not None:
                raise self.fault("a public operation has no x-kinds or x-roles")
            return ("anonymous", *KINDS), ROLES
        if security != [{"bearer": []}]:
            raise self.fault("security must be [] or [{bearer: []}]")
        if not kinds or not set(kinds) <= set(KINDS):
            raise self.fault(f"x-kinds must list some of {' '.join(KINDS)}")
        if ("staff" in kinds) != bool(roles) or not set(roles or ()) <= set(ROLES):
            raise self.fault(f"x-roles must list some of {' '.join(ROLES)} exactly when x-kinds has staff")
        return kinds, roles or ()

    def read_client_access(self):
        """(client kinds or () for any, scope or None)"""
        kinds, scope = self.node.get("x-client-kinds"), self.node.get("x-scope")
        is_for_clients = "client" in self.node.get("x-kinds", ())
        if (kinds is not None or scope is not None) and not is_for_clients:
            raise self.fault("x-client-kinds and x-scope need “client” among x-kinds")
        if kinds is not None and (not kinds or not set(kinds) <= set(CLIENT_KINDS)):
            raise self.fault(f"x-client-kinds must list some of {' '.join(CLIENT_KINDS)}")
        if scope is not None and (not isinstance(scope, str) or not SNAKE.fullmatch(scope)):
            raise self.fault("x-scope must be a snake_case name")
        first = self.arguments[0] if self.arguments else None
        if scope is not None and (first is None or (first.place, first.type) != ("ARG_PATH", "ARG_UUID")):
            raise self.fault("x-scope needs an id of the person as first path parameter")
        in_path = {argument.name for argument in self.arguments if argument.place == "ARG_PATH"}
        if is_for_clients and scope is None and in_path & PERSONAL_IDS:
            raise self.fault("a client sees what is a person's only by an x-scope")
        return kinds or (), scope

    def read_replica(self):
        on_replica = self.node.get("x-replica", False)
        if on_replica is not True and "x-replica" in self.node:
            raise self.fault("x-replica is true, or left out")
        if on_replica and (self.method != "get" or "anonymous" in self.kinds):
            raise self.fault("x-replica is for what somebody reads by GET")
        return on_replica

    def check(self):
        names = [argument.name for argument in self.arguments]
        if len(set(names)) != len(names):
            raise self.fault("two arguments share a name")
        if len(names) > limit("LIMIT_ARGS"):
            raise self.fault(f"{len(names)} arguments; LIMIT_ARGS is {limit('LIMIT_ARGS')}")
        headers = [argument for argument in self.arguments if argument.place == "ARG_HEADER"]
        if len(headers) > limit("LIMIT_HEADER_ARGUMENTS"):
            raise self.fault(f"{len(headers)} header arguments; LIMIT_HEADER_ARGUMENTS is {limit('LIMIT_HEADER_ARGUMENTS')}")
        if len([s for s in self.segments if s.startswith("{")]) > 4:
            raise self.fault("more than ROUTE_PATH_ARGS path parameters")
        pointers = [f"/header/{name}/000" for name in names]
        pointers += [f"/body/{a.name}/00000/{field.name}" for a in self.arguments for field in a.fields]
        pointer_bytes = max(map(len, pointers), default=0)
        if pointer_bytes > 63:
            raise self.fault("an argument name is too long for a fault's pointer")


PROBLEM_KEYS = {"code": str, "status": int, "retryable": bool,
                "title_zh": str, "title_en": str, "detail_zh": str, "detail_en": str}


def read_problems(document):
    problems = document.get("x-problems")
    if not isinstance(problems, list) or not problems:
        raise document.fault("x-problems is missing")
    codes = set()
    for problem in problems:
        where = f"x-problems “{problem.get('code')}”"
        for key, kind in PROBLEM_KEYS.items():
            need(problem, key, kind, where)
        if set(problem) != set(PROBLEM_KEYS):
            raise problem.fault(f"{where}: unknown {sorted(set(problem) - set(PROBLEM_KEYS))}")
        if not SNAKE.fullmatch(problem["code"]) or problem["code"] in ("none", "count") or problem["code"] in codes:
            raise problem.fault(f"{where}: the code is not snake_case, or stands twice")
        if not 400 <= problem["status"] <= 599:
            raise problem.fault(f"{where}: status {problem['status']} is no error")
        codes.add(problem["code"])
    return problems


def read_operations(document):
    found = [Operation(document, *entry) for entry in operations(document)]
    names, constants, routes = set(), set(), {}
    for operation in found:
        if operation.name in names or operation.name in ("none", "count"):
            raise operation.fault("the operationId stands twice, or is reserved")
        names.add(operation.name)
        shape = (operation.method, re.sub(r"\{.*?\}", "{}", operation.path))
        if shape in routes:
            raise operation.fault(f"same route as {routes[shape]}")
        routes[shape] = operation.name
        for argument in operation.arguments:
            constant = operations_source.constant(operation, argument)
            if constant in constants:
                raise operation.fault(f"the constant {constant} would stand twice")
            constants.add(constant)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("openapi", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--problems", type=pathlib.Path)
    parser.add_argument("--without-handlers", action="store_true")
    options = parser.parse_args()
    try:
        document = load(options.openapi)
        problems = read_problems(load(options.problems) if options.problems else document)
        found = read_operations(document)
    except (Fault, OSError, UnicodeDecodeError) as fault:
        print(fault, file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "operations.h").write_text(operations_source.header_text(found, problems), encoding="utf-8")
    source = operations_source.source_text(found, problems, METHODS, ARGUMENT_HEADERS, not options.without_handlers)
    (options.out / "operations.c").write_text(source, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
