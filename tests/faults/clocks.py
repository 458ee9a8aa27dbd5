"""Servers whose clocks are minutes apart from PostgreSQL's and from each other's, and jump while they work (libfaketime, Debian's libfaketime)."""
# SPDX-License-Identifier: Apache-2.0
import pathlib


LIBRARY = "libfaketimeMT.so.1"


def library():
    return next(pathlib.Path("/usr/lib").glob(f"*/faketime/{LIBRARY}"), None)


def is_installed():
    return library() is not None


class Clocks:
    """One for each server, set in a file that its process reads again every second. Only the time of day is moved, never the monotonic clock."""

    def __init__(self, directory, servers):
        self.paths = [directory / f"clock-{index}" for index in range(servers)]
        for index in range(servers):
            self.set(index, 0)

    def set(self, index, seconds):
        fresh = self.paths[index].with_suffix(".new")
        fresh.write_text(f"{seconds:+.3f}s\n", encoding="ascii")
        fresh.rename(self.paths[index])

    def environments(self):
        """In addition to that of all servers, for each of them."""
        return [{"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(path), "FAKETIME_CACHE_DURATION": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1"} for path in self.paths]  # fmt: skip
