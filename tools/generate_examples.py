#!/usr/bin/python3
"""Writes the requests of openapi.yaml's examples as a C table, one for each operation, for tests without PostgreSQL."""
# SPDX-License-Identifier: Apache-2.0
import base64
import datetime
import json
import pathlib
import re
import sys
import urllib.parse
import zlib

import openapi_document
from demo_data import citizen_number
from generate_operations import snake_case

ID = "018f3a52-7c00-7a10-9d3c-5b1f0a2e4c68"
NUMBER = citizen_number("620502", datetime.date(1960, 2, 3), 10)
REFRESH_TOKEN = "yb_r_" + "A" * 43
REFRESH_TOKEN += f"_{zlib.crc32(REFRESH_TOKEN.encode()):08x}"
# What stands for ${…}, by how its name ends; anything else is an id.
STAND_INS = {"citizen_number": NUMBER, "name": "王小明", "phone": "13812345678", "card_number": "62050000001234567",
             "in_1_day": "2026-11-30T00:00:00Z", "in_30_days": "2026-12-30T00:00:00Z", "refresh_token": REFRESH_TOKEN}


def stand_in(match):
    name = match[1]
    if name.startswith("sms:"):
        return "123456"
    return next((text for ending, text in STAND_INS.items() if name.endswith(ending)), ID)


def filled(value):
    if isinstance(value, dict):
        return {name: filled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    return re.sub(r"\$\{([^}]+)\}", stand_in, value) if isinstance(value, str) else value


def quoted(data):
    """A C string of any bytes."""
    escapes = {ord('"'): '\\"', ord("\\"): "\\\\", ord("?"): "\\?"}
    return '"' + "".join(escapes.get(b, chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in data) + '"'


def span(text):
    return f"SPAN({quoted(str(text).encode())})"


def path_value(name, given):
    """Every id is the same one: then whoever asks is whom it is about."""
    return ID if name.endswith("_id") else str(given.get(name, ID))


def body_of(example):
    """Its bytes and their type."""
    if "csv" in example:
        return example["csv"].encode(), "text/csv"
    if "base64" in example:
        return base64.b64decode(example["base64"]), None
    return (json.dumps(filled(example["body"])).encode(), "application/json") if "body" in example else (b"", None)


def row(path, method, operation, example):
    target = re.sub(r"\{(\w+)\}", lambda match: path_value(match[1], filled(example.get("path", {}))), path)
    if "query" in example:
        target += "?" + urllib.parse.urlencode({name: json.dumps(value) if isinstance(value, bool) else value
                                               for name, value in filled(example["query"]).items()}, doseq=True)
    body, media = body_of(example)
    headers = {"Host": "localhost", **({"Content-Type": media} if media else {}), **filled(example.get("headers", {}))}
    if body:
        headers["Content-Length"] = len(body)
    sent = ", ".join(f"{{{span(name)}, {span(value)}}}" for name, value in headers.items())
    name, principal = snake_case(operation["operationId"]).upper(), quoted(example["principal"].encode())
    return (f"    {{OPERATION_{name}, {principal}, {quoted(method.upper().encode())},\n"
            f"     {span(target)}, {{{sent}}}, {len(headers)},\n     SPAN({quoted(body)})}},\n")


def main():
    document = openapi_document.load(sys.argv[1])
    rows = []
    for path, method, _, operation in openapi_document.operations(document):
        wanted = operation["x-example-request"]
        rows.append(row(path, method, operation, wanted[0] if isinstance(wanted, list) else wanted))
    pathlib.Path(sys.argv[2]).write_text(
        "/* Generated from openapi.yaml by tools/generate_examples.py. */\n"
        "static const struct example examples[] = {\n" + "".join(rows) + "};\n", encoding="ascii")


if __name__ == "__main__":
    main()
