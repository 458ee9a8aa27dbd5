"""Hostile JSON and UTF-8 as a body: each is answered 400 with a reason, none crashes the server or is half accepted."""
# SPDX-License-Identifier: Apache-2.0
import json
import random

import pytest
from tests.harness.problems import check_problem

FORMS = {
    "empty": b"",
    "blank": b"   \r\n\t",
    "not json": b"kind=client&label=x",
    "xml": b"<token/>",
    "cut in an object": b'{"kind": "client"',
    "cut in a text": b'{"kind": "cli',
    "cut in an escape": b'{"label": "a\\u12',
    "trailing comma": b'{"kind": "client",}',
    "two values": b'{"kind": "client"} {"kind": "client"}',
    "rubbish after": b'{"kind": "client"} x',
    "NUL after": b'{"kind": "client", "label": "x"}\0',
    "comment": b'{/* */"kind": "client"}',
    "single quotes": b"{'kind': 'client'}",
    "no quotes": b"{kind: 1}",
    "top array": b"[]",
    "top text": b'"client"',
    "top number": b"1",
    "top null": b"null",
    "top true": b"true",
    "array of objects": b'[{"kind": "client", "label": "x"}]',
    "BOM": b'\xef\xbb\xbf{"kind": "client", "label": "x"}',
    "UTF-16": '{"kind": "client", "label": "x"}'.encode("utf-16"),
    "UTF-32": '{"kind": "client", "label": "x"}'.encode("utf-32"),
    "Latin-1": b'{"kind": "client", "label": "caf\xe9"}',
    "GB18030": '{"kind": "client", "label": "张三"}'.encode("gb18030"),
    "over-long slash": b'{"label": "\xc0\xaf"}',
    "over-long NUL": b'{"label": "\xc0\x80"}',
    "surrogate as UTF-8": b'{"label": "\xed\xa0\x80"}',
    "past U+10FFFF": b'{"label": "\xf4\x90\x80\x80"}',
    "lone continuation": b'{"label": "\x80"}',
    "cut sequence": b'{"label": "\xe5\xbc"}',
    "five bytes": b'{"label": "\xf8\x88\x80\x80\x80"}',
    "lone high surrogate": b'{"label": "\\ud800"}',
    "lone low surrogate": b'{"label": "\\udc00"}',
    "surrogates turned round": b'{"label": "\\udc00\\ud800"}',
    "high then text": b'{"label": "\\ud800x"}',
    "escaped NUL in a value": b'{"label": "a\\u0000b"}',
    "escaped NUL in a name": b'{"la\\u0000bel": "x"}',
    "raw NUL in a value": b'{"label": "a\0b"}',
    "raw control character": b'{"label": "a\x01b"}',
    "raw newline": b'{"label": "a\nb"}',
    "unknown escape": b'{"label": "\\x41"}',
    "number too large for a double": b'{"amount_fen": 1e400}',
    "minus too large": b'{"amount_fen": -1e400}',
    "2^63": b'{"amount_fen": 9223372036854775808}',
    "-2^63-1": b'{"amount_fen": -9223372036854775809}',
    "fraction that is whole": b'{"amount_fen": 60.0}',
    "exponent": b'{"amount_fen": 6e1}',
    "leading zero": b'{"amount_fen": 060}',
    "plus": b'{"amount_fen": +60}',
    "hexadecimal": b'{"amount_fen": 0x60}',
    "NaN": b'{"amount_fen": NaN}',
    "Infinity": b'{"amount_fen": Infinity}',
    "bare point": b'{"amount_fen": .5}',
    "thousand digits": b'{"amount_fen": ' + b"9" * 1000 + b"}",
    "long fraction": b'{"amount_fen": 0.' + b"1" * 30000 + b"}",
    "duplicate name": b'{"kind": "client", "kind": "staff"}',
    "duplicate by escape": b'{"kind": "client", "\\u006bind": "staff"}',
    "empty name": b'{"": 1}',
    "prototype": b'{"__proto__": {"kind": "staff"}}',
    "depth 33 of arrays": b'{"label": ' + b"[" * 33 + b"]" * 33 + b"}",
    "depth 30000": b"[" * 30000,
    "depth 30000 of objects": b'{"a":' * 10000 + b"1" + b"}" * 10000,
    "5000 names": json.dumps({f"f{i}": i for i in range(5000)}).encode()[:65000],
    "60 KB of one text": json.dumps({"label": "x" * 60000}).encode(),
    "20000 empty texts": b'{"roles": [' + b'"",' * 20000 + b'""]}',
}


@pytest.fixture()
def post_raw(api, demo):
    def post(body):
        return api.post("/v1/admin/tokens", by=demo.admin, content=body, headers={"Content-Type": "application/json"})

    return post


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_refused(post_raw, name):
    check_problem(post_raw(FORMS[name]), 400)


@pytest.fixture(scope="module", autouse=True)
def no_token_was_made(sql):
    before = sql.execute("SELECT count(*) FROM token").fetchone()
    yield
    assert sql.execute("SELECT count(*) FROM token").fetchone() == before


def mutated(valid, generator):
    """One of: bytes changed, removed, doubled, swapped, or hostile pieces put in."""
    pieces = [bytes([byte]) for byte in b'"\\{}[],:\0\xff'] + [b"\xc0\xaf", b"\\ud800", b"1e999", b"null"]
    body = bytearray(valid)
    for _ in range(generator.randint(1, 4)):
        at = generator.randrange(len(body)) if body else 0
        how = generator.randrange(4)
        if how == 0 and body:
            body[at] = generator.randrange(256)
        elif how == 1:
            del body[at : at + generator.randint(1, 5)]
        elif how == 2:
            body[at:at] = body[at : at + generator.randint(1, 30)]
        else:
            body[at:at] = generator.choice(pieces)
    return bytes(body)


def test_a_seeded_crowd_of_mutants(api, demo):
    """Sent by a principal without the right to create, so that a mutant that is still valid makes nothing."""
    generator = random.Random(10)
    valid = json.dumps({"kind": "staff", "label": "突变", "roles": ["auditor"], "regions": ["620500"]}).encode()
    headers = {"Content-Type": "application/json"}
    for _ in range(600):
        body = mutated(valid, generator)
        response = api.post("/v1/admin/tokens", by=demo.employee, content=body, headers=headers)
        assert response.status_code in (400, 403, 413), body
    assert api.get("/v1/regions/110000").status_code == 200
