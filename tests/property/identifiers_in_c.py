"""The functions of api/identifiers, compiled into a shared object and called from Python."""
# SPDX-License-Identifier: Apache-2.0
import ctypes
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CITIZEN_STATUS = ("malformed", "date_invalid", "check_differs", "valid")
MONEY_STATUS = ("malformed", "too_precise", "out_of_range", "valid")
CREDIT_STATUS = ("malformed", "check_differs", "valid")


class Span(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_char_p), ("length", ctypes.c_size_t)]

    @classmethod
    def of(cls, text):
        return cls(text, len(text))


class CitizenNumber(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char * 19), ("birth_date", ctypes.c_int32), ("is_male", ctypes.c_bool)]


def build(directory):
    library = directory / "identifiers.so"
    sources = [*sorted((ROOT / "api/identifiers").glob("*.c")), ROOT / "server/clock.c"]
    subprocess.run(
        ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", f"-I{ROOT}", "-o", library, *sources],
        check=True,
    )
    return Identifiers(ctypes.CDLL(str(library)))


class Identifiers:
    def __init__(self, library):
        self.library = library
        for name in ("citizen_number_parse", "money_parse_yuan"):
            getattr(library, name).argtypes = [Span, ctypes.c_void_p]
        for name in ("credit_code_check", "bank_card_is_valid"):
            getattr(library, name).argtypes = [Span]
        library.bank_card_is_valid.restype = ctypes.c_bool
        library.money_format_yuan.argtypes = [ctypes.c_int64, ctypes.c_char_p]
        library.money_format_yuan.restype = None

    def citizen_number(self, text):
        number = CitizenNumber()
        status = CITIZEN_STATUS[self.library.citizen_number_parse(Span.of(text), ctypes.byref(number))]
        return (status, number.text.decode(), number.birth_date, number.is_male) if status == "valid" else (status,)

    def yuan_to_fen(self, text):
        amount = ctypes.c_int64()
        status = MONEY_STATUS[self.library.money_parse_yuan(Span.of(text), ctypes.byref(amount))]
        return (status, amount.value) if status == "valid" else (status,)

    def fen_to_yuan(self, fen):
        out = ctypes.create_string_buffer(22)
        self.library.money_format_yuan(fen, out)
        return out.value.decode()

    def credit_code(self, text):
        return CREDIT_STATUS[self.library.credit_code_check(Span.of(text))]

    def luhn(self, text):
        return self.library.bank_card_is_valid(Span.of(text))
