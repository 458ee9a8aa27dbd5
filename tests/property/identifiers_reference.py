"""Citizen numbers, credit codes, card numbers and yuan amounts once more, from their standards: a second opinion."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import re

CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
INT64 = range(-(2**63), 2**63)
EPOCH = datetime.date(1970, 1, 1)


def citizen_check(seventeen):
    return CITIZEN_CHECKS[sum(int(digit) * weight for digit, weight in zip(seventeen, CITIZEN_WEIGHTS)) % 11]


def citizen_number(text):
    """('valid', number of 18, days since 1970, is male), or (why not,)."""
    if re.fullmatch(rb"[0-9]{15}", text):
        digits = text[:6].decode() + "19" + text[6:].decode()
        number = digits + citizen_check(digits)
    elif re.fullmatch(rb"[0-9]{17}[0-9Xx]", text):
        number = text.decode().upper()
    else:
        return ("malformed",)
    try:
        birth_date = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return ("date_invalid",)
    if citizen_check(number[:17]) != number[17]:
        return ("check_differs",)
    return ("valid", number, (birth_date - EPOCH).days, int(number[16]) % 2 == 1)


def yuan_to_fen(text):
    """('valid', fen), or (why not,)."""
    match = re.fullmatch(rb"(-?)([0-9]+)(?:\.([0-9]+))?", text)
    if match is None:
        return ("malformed",)
    sign, whole, decimals = match.groups()
    if decimals is not None and len(decimals) > 2:
        return ("too_precise",)
    fen = int(whole) * 100 + int((decimals or b"0").ljust(2, b"0"))
    fen = -fen if sign else fen
    return ("valid", fen) if fen in INT64 else ("out_of_range",)


def fen_to_yuan(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def credit_code(text):
    if re.fullmatch(b"[%s]{18}" % CREDIT_ALPHABET.encode(), text) is None:
        return "malformed"
    total = sum(CREDIT_ALPHABET.index(chr(c)) * pow(3, place, 31) for place, c in enumerate(text[:17]))
    return "valid" if CREDIT_ALPHABET[-total % 31] == chr(text[17]) else "check_differs"


def luhn(text):
    if re.fullmatch(rb"[0-9]{13,19}", text) is None:
        return False
    doubled = [int(chr(c)) * (1 + place % 2) for place, c in enumerate(reversed(text))]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0
