"""The functions of api/hotline that say numbers, amounts and dates, compiled into a shared object and called from Python."""
# SPDX-License-Identifier: Apache-2.0
import ctypes
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAXIMUM_BYTES = 2000


class Text(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_void_p), ("length", ctypes.c_size_t), ("capacity", ctypes.c_size_t),
                ("maximum_bytes", ctypes.c_size_t), ("failed", ctypes.c_bool)]


def build(directory):
    library = directory / "spoken.so"
    sources = [*sorted((ROOT / "api/hotline").glob("spoken_*.c")), ROOT / "server/text.c", ROOT / "server/clock.c"]
    subprocess.run(
        ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", f"-I{ROOT}", "-o", library, *sources],
        check=True,
    )
    return Spoken(ctypes.CDLL(str(library)))


class Spoken:
    def __init__(self, library):
        self.library = library

    def say(self, function, number_type, number):
        text = Text()
        self.library.text_init(ctypes.byref(text), ctypes.c_size_t(MAXIMUM_BYTES))
        getattr(self.library, function)(ctypes.byref(text), number_type(number))
        words = None if text.failed else ctypes.string_at(text.bytes, text.length).decode()
        self.library.text_fini(ctypes.byref(text))
        return words

    def amount(self, language, fen):
        return self.say(f"spoken_amount_{language}", ctypes.c_int64, fen)

    def date(self, language, days):
        return self.say(f"spoken_date_{language}", ctypes.c_int32, days)
