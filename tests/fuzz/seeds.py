#!/usr/bin/python3
"""Writes what fuzzing begins with: a folder and perhaps a dictionary for each target, from contract and demo files."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import pathlib
import random
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.harness import scans  # noqa: E402
from tests.harness.operations import OPERATIONS  # noqa: E402
from tests.http.hostile_requests import CASES  # noqa: E402
from tools import demo_data  # noqa: E402

ID = "018f3a52-7c00-7a10-9d3c-5b1f0a2e4c68"
TOKEN = "yb_c_" + "A" * 43 + "_00000000"


def snake_case(name):
    return re.sub("(?=[A-Z])", "_", name).lower()


def write(folder, items):
    """One file for each, under its number."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, item in enumerate(items):
        (folder / f"{number:04d}").write_bytes(item if isinstance(item, bytes) else item.encode())


def filled(value):
    """An example with something in the place of what the tests fill in."""
    if isinstance(value, dict):
        return {name: filled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    return ID if isinstance(value, str) and "${" in value else value


def bodies():
    for operation in OPERATIONS:
        if operation.has_body and operation.csv is None and operation.binary is None:
            yield f"{snake_case(operation.name)}\n{json.dumps(filled(operation.body), ensure_ascii=False)}"


def queries():
    for operation in OPERATIONS:
        query = urllib.parse.urlencode({**{name: 1 for name in operation.query_parameters}, **filled(operation.required_query)})
        yield f"{snake_case(operation.name)}\n{query}\nkey-12345678\n\n\n{json.dumps(filled(operation.body)) if operation.body else ''}"


def requests():
    for operation in OPERATIONS:
        yield (f"0{operation.method} {operation.url()}?limit=2 HTTP/1.1\r\nHost: a.example:80\r\nAuthorization: Bearer {TOKEN}\r\n"
               "Accept: text/csv;q=0.5, application/json\r\nAccept-Language: en\r\nContent-Type: application/json\r\n"
               "Content-Length: 2\r\nIdempotency-Key: key-1\r\nIf-None-Match: \"a\"\r\nX-Request-Id: 0123456789abcdef\r\n\r\n{}")
    yield "2GET /v1/regions HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"
    yield from (b"0" + case.raw[:4096] for case in CASES)


def imports():
    random.seed(7)
    numbers = [demo_data.citizen_number("620502", datetime.date(1960 + i, 1 + i, 2), 10 + i) for i in range(4)]
    code = demo_data.credit_code(1)
    tables = [
        demo_data.ENROLMENT_HEADER + "".join(
            f"{n},王小明,13812345678,,620500,employee,active,individual,employer,{code},2010-01-01,,\n" for n in numbers),
        demo_data.CONTRIBUTION_HEADER + "".join(
            f"{n},620500,employee,2025-0{i + 1},regular,D{i},5000.00,100.00,300,0,2025-02-03,bank,{code}\n" for i, n in enumerate(numbers)),
        demo_data.OPENING_HEADER + "".join(f'{n},"王 ""小"" 明",620500,2025-12-31,12.30,4.5,x\n' for n in numbers),
    ]
    for kind, table in enumerate(tables):
        yield bytes([kind]) + table.encode()
        yield bytes([kind]) + b"\xef\xbb\xbf" + table.replace("\n", "\r\n").encode()
        yield bytes([kind]) + table.encode("gb18030")
        yield bytes([kind]) + b"\x84\x31\x95\x33" + table.encode("gb18030")


JOURNAL = [
    {"event": "begin", "version": 1, "complete_for": [ID]},
    {"event": "sent", "principal_id": ID, "method": "POST", "path": "/v1/charges?dry_run=true", "key": "k", "body": {"charge_no": "1"}},
    {"event": "received", "principal_id": ID, "method": "POST", "path": f"/v1/charges/{ID}/refunds", "key": None,
     "body": {"refund_no": "1"}, "status": 201, "reply": {"refund_id": ID}},
    {"event": "received", "principal_id": ID, "method": "POST", "path": f"/v1/charges/{ID}/capture", "status": 200,
     "reply": {"charge_id": ID}},
]

SEEDS = {
    "request": requests,
    "json_body": bodies,
    "query": queries,
    "cursor": lambda: ["\0" + "AQADMTAw" + "A" * 22, b"\x01\x03\x05\x402025-12-01\n\n\xe5\x8c\xbb\xff",
                       "\2/v1/regions?limit=2&cursor=abc&%63ursor=1&q=<>\""],
    "token": lambda: [TOKEN, "yb_r_" + "x" * 52, "\0\1\2" + "abc" * 20],
    "import_csv": imports,
    "settlement_csv": lambda: ["kind,number,amount_fen\ncharge,N-1,100\nrefund,\"N\"\"2\",9007199254740991\n",
                               "\ufeffkind,number,amount_fen\r\ncharge,医,1\r\ncharge,,0\r\nother,x,01\r\n"],
    "amount": lambda: ["1234.50", "-0.01", "92233720368547758.07", "-92233720368547758.08", "0", "1.005", "00012.3", "1e3", "１"],
    "identifiers": lambda: [demo_data.citizen_number("110105", datetime.date(1949, 12, 31), 2), "110105491231002", demo_data.credit_code(9),
                            "6222020000000000006", "13812345678", "王小明", "A12345678", "62050000001234567890"],
    "negotiation": lambda: ["\7text/csv;q=0.5, application/json;q=0.9, */*;q=0.1\nen-GB, zh;q=0.8, "
                            "*;q=0\napplication/json; charset=\"UTF-8\"",
                            "\x3fimage/*, application/pdf;level=1;q=1.000\nzh-CN,en;q=0.9\ntext/csv;charset=gb18030"],
    "small_headers": lambda: ["\x0000-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "\1W/\"x\", \"0123456789abcdef.json\" , *",
                              "\2https://a.example\nhttps://a.example, http://b.example:8443", "\3[::1]:8080", "\3a.example:65535",
                              "\x04127.0.0.1:8080", "\4[2001:db8::1]:443", "\4:0",
                              "\x0510.0.0.10, fd00:5::/64"],
    "document": lambda: [scans.pdf(), scans.pdf(b"PK\5\6"), scans.jpeg(), scans.jpeg([b"<script"]), scans.png(),
                         scans.png([scans.chunk(b"tEXt", b"a")])],
    "dates": lambda: ["2024-02-29", "2026-01", "2026-01-31T09:30:00.123456+08:00", "0001-01-01T00:00:00Z", "9999-12-31", ID],
    "written_text": lambda: ["=1+1", "医\"\\\b\0\x1f", " ,\r\n\"\t＝", "\u2028\U0001f600"],
    "journal": lambda: [json.dumps(line) for line in JOURNAL],
    "spool": lambda: ["\1\2content", b"\1\0\1" + bytes(60)],
    "keyed_in": lambda: ["11010519491231002*\n135790\n+8613812345678\nCorrect horse 9", "62050000001234567\n000000\n\n13812345678a"],
    "settings": lambda: ["DATABASE_URL=postgresql://u:s3cr3tpassword@h:5432/d?sslmode=require\nYIBAO_MODE=production\n",
                         "DATABASE_URL=host=h password='s3cr3t passw' dbname=d\nYIBAO_TEST_CLOCK=2026-01-31T09:30:00+08:00",
                         "YIBAO_CORS_ORIGINS=https://a.example\nYIBAO_REACTORS=7\nYIBAO_SMS_GATEWAY=https://b.example"],
}


def words_of(value):
    """Names and texts of an example."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from words_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from words_of(item)
    elif isinstance(value, str) and len(value) < 40:
        yield value


def field_words():
    for operation in OPERATIONS:
        yield snake_case(operation.name)
        yield from operation.query_parameters
        yield from words_of(filled(operation.body))


def settings_names():
    text = (pathlib.Path(__file__).resolve().parents[2] / "server/config.def").read_text(encoding="utf-8")
    return re.findall(r'"(YIBAO_[A-Z_]+|DATABASE_URL)"', text)


HEADER_WORDS = ["GET ", "POST ", "OPTIONS ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "\r\n\r\n", "Content-Length: ",
                "Transfer-Encoding: chunked", "Host: ",
                "Content-Encoding: gzip", "Expect: 100-continue", "/v1/", "%2f", "%00", "..", "*",
                "Authorization: Bearer ", "Content-Type: text/csv"]
WORDS = {
    "request": lambda: HEADER_WORDS + [operation.path for operation in OPERATIONS],
    "json_body": lambda: [*field_words(), "\\u0000", "\\ud800", "1e400", "-0", "9223372036854775808", "true", "null", "[[[[", '{"a":'],
    "query": lambda: [*field_words(), "%00", "%e5%8c%bb", "&&", "==", "+", "true"],
    "import_csv": lambda: [*demo_data.ENROLMENT_HEADER.strip().split(","), *demo_data.CONTRIBUTION_HEADER.strip().split(","),
                           *demo_data.OPENING_HEADER.strip().split(","), '""', "\r\n", "年", "月", "\u3000", "\ufeff", "\ufffd"],
    "settlement_csv": lambda: ["charge", "refund", "9007199254740991", '""', "\r\n"],
    "document": lambda: ["%PDF-1.7", "startxref", "%%EOF", "xref", "IHDR", "IDAT", "IEND", "JFIF", "\xff\xd9", "<html", "ustar", "Rar!"],
    "negotiation": lambda: ["application/json", "text/csv", "*/*", ";q=0", ";q=1.000", "charset=utf-8", "en-GB", "zh"],
    "journal": lambda: [*(name for line in JOURNAL for name in words_of(line))],
    "settings": lambda: [*settings_names(), "postgresql://", "password=", "host=", "production", "https://", "file:"],
}


def quoted(word):
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in word.encode()) + '"'


def main():
    directory = pathlib.Path(sys.argv[1])
    for target, items in SEEDS.items():
        write(directory / target, items())
    for target, words in WORDS.items():
        (directory / f"{target}.dict").write_text("".join(f"{quoted(word)}\n" for word in sorted(set(words())) if word), encoding="ascii")


if __name__ == "__main__":
    main()
