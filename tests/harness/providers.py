"""Designated institutions as the tests need them."""
# SPDX-License-Identifier: Apache-2.0
import itertools
import secrets

LETTERS = {"hospital": "H", "clinic": "H", "pharmacy": "P"}
run, serial = secrets.randbelow(10**5), itertools.count()


def institution_code(institution_type="hospital"):
    """A code that nobody has: the letter of its type, a region, and a number."""
    return f"{LETTERS[institution_type]}620500{run:05d}{next(serial):06d}"


def institution(institution_type="hospital"):
    """What a client of kind provider is registered with besides."""
    return {"institution_type": institution_type, "institution_code": institution_code(institution_type)}
