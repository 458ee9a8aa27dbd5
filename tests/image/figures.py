"""What a run of the images measured, and the steps that held."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import time


class Figures:
    def __init__(self, release):
        self.release = release
        self.values = {}

    def __setitem__(self, name, value):
        self.values[name] = value

    @contextlib.contextmanager
    def step(self, what):
        """Says what holds once it does, and keeps how long it took."""
        begun = time.monotonic()
        yield
        self.values[what] = f"{time.monotonic() - begun:.1f} s"
        print(f"ok  {what} ({self.values[what]})", flush=True)

    def show(self):
        print(f"\nDebian {self.release}")
        for name, value in self.values.items():
            print(f"  {name}: {value}")
