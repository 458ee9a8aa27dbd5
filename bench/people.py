"""Synthetic people with accounts and tokens, loaded straight into the tables."""
# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import random
import zlib

from measure import HERE

# Every id of person n ends in these twelve decimal digits, so pgbench can compute a person's key by arithmetic.
FIRST_NODE = 100_000_000_000


def account_id(number):
    return f"01900000-0001-7000-8000-{FIRST_NODE + number}"


def person_id(number):
    return f"01900000-0000-7000-8000-{FIRST_NODE + number}"


def token_text(source):
    head = "yb_c_" + base64.urlsafe_b64encode(source.randbytes(32)).rstrip(b"=").decode() + "_"
    return f"{head}{zlib.crc32(head[:-1].encode()):08x}"


def load(stand, database, people_count, tokens_count):
    """Returns {person's number: token text} for `tokens_count` people chosen at random, seeded."""
    stand.psql(database, "-v", f"people={people_count}", "-f", HERE / "sql" / "people.sql")
    source = random.Random(20260101)
    tokens = {number: token_text(source) for number in sorted(source.sample(range(1, people_count + 1), tokens_count))}
    lines = [f"{number}\t{hashlib.sha256(text.encode()).hexdigest()}" for number, text in tokens.items()]
    script = (HERE / "sql" / "tokens.sql").read_text().replace(":tokens", "\n".join(lines))
    stand.psql(database, text=script)
    return tokens


def write_requests(path, tokens, route):
    """A file for wrk/reads.lua: each token asks for its own person."""
    path.write_text("".join(f"{text} {route(number)}\n" for number, text in tokens.items()))
    return path
