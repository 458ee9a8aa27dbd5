"""A program whose allocations fail while it is told to, at random or one by its number: failing_malloc.c is preloaded."""
# SPDX-License-Identifier: Apache-2.0
import mmap
import os
import pathlib
import struct
import subprocess

SOURCE = pathlib.Path(__file__).with_name("failing_malloc.c")


class FailingMalloc:
    def __init__(self, directory):
        self.library = directory / "failing_malloc.so"
        self.path = directory / "failing_malloc"
        compiler = os.environ.get("CC", "gcc")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", str(self.library), str(SOURCE)], check=True)
        self.path.write_bytes(bytes(16))
        with self.path.open("r+b") as file:
            self.orders = mmap.mmap(file.fileno(), 16)

    @property
    def environment(self):
        return {"LD_PRELOAD": str(self.library), "YIBAO_FAILING_MALLOC": str(self.path)}

    def one_in(self, count):
        """0: none fails any more."""
        self.orders[0:4] = struct.pack("=I", count)

    def nth(self, number):
        """That one fails; 0: none."""
        self.orders[8:12] = struct.pack("=I", number)

    @property
    def left(self):
        """How many are to come yet until the n-th has come."""
        return struct.unpack("=I", self.orders[8:12])[0]

    @property
    def is_due(self):
        """Whether the n-th has not come yet."""
        return self.left != 0

    @property
    def live(self):
        """Blocks that were not given back, from where the counting began."""
        return struct.unpack("=i", self.orders[12:16])[0]

    @property
    def failed(self):
        return struct.unpack("=I", self.orders[4:8])[0]
