"""The functions of api/coverage, compiled into a shared object and called from Python."""
# SPDX-License-Identifier: Apache-2.0
import ctypes
import pathlib
import subprocess
from ctypes import POINTER, Structure, c_bool, c_int32, c_size_t

from tests.property.coverage_types import DATE_NONE, Answer, Counts, Gap, Payment, day_of, number_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
NONE, IN_TIME = -(2**31), -(2**31) + 1
STATUS = ("covered", "waiting", "stopped", "never", "deceased")
SCHEMES = ("employee", "resident")
SEXES = ("female", "male", "unknown")
VALUES, FINDINGS = 6, 5


class CPeriod(Structure):
    _fields_ = [("month", c_int32), ("paid_on", c_int32), ("pool", c_int32), ("scheme", c_int32), ("is_deemed", c_bool)]


class CPerson(Structure):
    _fields_ = [("birth_date", c_int32), ("deceased_on", c_int32), ("retired_on", c_int32), ("sex", c_int32)]


class CHistory(Structure):
    _fields_ = [("periods", POINTER(CPeriod)), ("periods_count", c_size_t), ("person", CPerson)]


EMPLOYEE_NUMBERS = (
    "payment_deadline_day", "benefits_grace_months", "back_payable_gap_months", "waiting_months",
    "bridge_min_continuous_months", "deemed_record_months", "retirement_years_male", "retirement_years_female",
)  # fmt: skip
RESIDENT_NUMBERS = (
    "first_counted_year", "fixed_wait_months", "variable_wait_months", "repaired_wait_months", "long_break_years",
    "long_break_wait_months", "newborn_days", "switch_gap_months", "window_opens_month", "window_opens_day",
    "window_closes_month", "window_closes_day",
)  # fmt: skip


class CEmployeeRule(Structure):
    _fields_ = [*((name, c_int32) for name in EMPLOYEE_NUMBERS), ("usable_while_suspended", c_bool)]


class CResidentRule(Structure):
    _fields_ = [*((name, c_int32) for name in RESIDENT_NUMBERS), ("exempts_person", c_bool)]


class CValue(Structure):
    _fields_ = [("name", c_int32), ("value", c_int32)]


class CFinding(Structure):
    _fields_ = [("code", c_int32), ("values_count", c_int32), ("values", CValue * VALUES)]


class CFindings(Structure):
    _fields_ = [("count", c_int32), ("items", CFinding * FINDINGS)]


class CBenefits(Structure):
    _fields_ = [("status", c_int32), ("since", c_int32), ("starts_on", c_int32), ("waiting_months", c_int32),
                ("findings", CFindings)]  # fmt: skip


class CGap(Structure):
    _fields_ = [
        ("from_", c_int32), ("to", c_int32), ("length", c_int32), ("missing", c_int32), ("is_open", c_bool),
        ("can_back_pay", c_bool), ("back_pay_until", c_int32), ("findings", CFindings),
    ]  # fmt: skip


class CPayment(Structure):
    _fields_ = [
        ("benefits_from", c_int32), ("benefits_from_with_back_payment", c_int32), ("back_pay_from", c_int32),
        ("back_pay_to", c_int32), ("back_pay_length", c_int32), ("waiting_months", c_int32), ("pay_until", c_int32),
        ("findings", CFindings),
    ]  # fmt: skip


class CAnswer(Structure):
    _fields_ = [("benefits", CBenefits), ("gaps", POINTER(CGap)), ("gaps_count", c_size_t), ("payment", CPayment)]


class CCounts(Structure):
    _fields_ = [(name, c_int32) for name in ("months", "deemed", "back_paid", "first", "last")]


def build(directory):
    library = directory / "coverage.so"
    sources = [*sorted((ROOT / "api/coverage").glob("*.c")), ROOT / "server/clock.c"]
    subprocess.run(
        ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-g", "-shared", "-fPIC", f"-I{ROOT}", "-o", library, *sources],
        check=True,
    )
    return Coverage(ctypes.CDLL(str(library)))


def _number(date):
    return NONE if date is None else number_of(date)


def _date(number):
    return DATE_NONE if number == NONE else day_of(number)


class Coverage:
    """What the C module says, in the types of coverage_types.py."""

    def __init__(self, library):
        self.library = library
        self.codes = _finding_codes()
        self.scratch = ctypes.create_string_buffer(1 << 16)

    def _history(self, history):
        periods = (CPeriod * max(len(history.periods), 1))()
        for slot, period in zip(periods, history.periods):
            slot.month, slot.scheme = period.month, SCHEMES.index(period.scheme)
            slot.paid_on = IN_TIME if period.paid_on is None else number_of(period.paid_on)
            slot.pool, slot.is_deemed = period.pool, period.deemed
        person = CPerson(
            number_of(history.birth_date), _number(history.deceased_on), _number(history.retired_on),
            SEXES.index(history.sex),
        )  # fmt: skip
        return CHistory(periods, len(history.periods), person)

    def employee(self, history, rule, on):
        native = CEmployeeRule(*(getattr(rule, name) or 0 for name in EMPLOYEE_NUMBERS), True)
        return self._answer(history, on, lambda *rest: self.library.employee_answer(
            rest[0], ctypes.byref(native), rest[1], self.scratch, rest[2]))  # fmt: skip

    def resident(self, history, rule, on):
        values = [getattr(rule, name) for name in RESIDENT_NUMBERS]
        native = CResidentRule(*(NONE if value is None else value for value in values), rule.exempts_person)
        return self._answer(history, on, lambda *rest: self.library.resident_answer(
            rest[0], ctypes.byref(native), rest[1], rest[2]))  # fmt: skip

    def _answer(self, history, on, ask):
        native, answer = self._history(history), CAnswer()
        gaps = (CGap * (len(history.periods) + 1))()
        answer.gaps = gaps
        ask(ctypes.byref(native), c_int32(number_of(on)), ctypes.byref(answer))
        assert answer.gaps_count <= len(gaps)
        benefits, payment = answer.benefits, answer.payment
        self.findings = {
            "benefits": self._codes(benefits.findings), "payment": self._codes(payment.findings),
            "gaps": [self._codes(gap.findings) for gap in gaps[: answer.gaps_count]],
        }  # fmt: skip
        return Answer(
            STATUS[benefits.status], _date(benefits.since), _date(benefits.starts_on),
            [
                Gap(
                    gap.from_, gap.to, gap.length, gap.missing, gap.is_open, gap.can_back_pay,
                    _date(gap.back_pay_until),
                )
                for gap in gaps[: answer.gaps_count]
            ],
            Payment(
                _date(payment.benefits_from), _date(payment.benefits_from_with_back_payment), payment.back_pay_length,
                _date(payment.pay_until),
            ),
        )  # fmt: skip

    def _codes(self, findings):
        return [self.codes[finding.code] for finding in findings.items[: findings.count]]

    def counts(self, history, scheme, deemed_record_months, on, pool=-1):
        native, counts = self._history(history), CCounts()
        self.library.coverage_count(
            ctypes.byref(native), SCHEMES.index(scheme), c_int32(deemed_record_months), c_int32(number_of(on)),
            c_int32(pool), ctypes.byref(counts),
        )  # fmt: skip
        months = [None if month == NONE else month for month in (counts.first, counts.last)]
        return Counts(counts.months, counts.deemed, counts.back_paid, *months)


def _finding_codes():
    lines = (ROOT / "api/coverage/findings.def").read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("FINDING(").split(",")[0] for line in lines if line.startswith("FINDING(")]
