#!/usr/bin/python3
"""Runs a program under the system-call filter of its unit: confined.py UNIT PROGRAM ARGUMENT… A call outside of it kills the program."""
# SPDX-License-Identifier: Apache-2.0
import ctypes
import functools
import os
import pathlib
import re
import subprocess
import sys

import seccomp

ROOT = pathlib.Path(__file__).resolve().parents[2]
PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 65, 1  # what MemoryDenyWriteExecute= does, since Linux 6.3


@functools.cache
def members(group):
    """System calls of a group, with those of the groups in it, as this systemd has them."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^    ([@a-z_0-9-]+)$", listed, re.MULTILINE)
    return set().union(*(members(name) if name.startswith("@") else {name} for name in names))


def allowed(unit):
    """What the SystemCallFilter= lines of a unit come to, as systemd.exec(5) says; @default is always in it."""
    lines = re.findall(r"^SystemCallFilter=(~?)(.*)$", (ROOT / f"systemd/{unit}.service.in").read_text(encoding="utf-8"), re.MULTILINE)
    calls = set(members("@default"))
    for tilde, words in lines:
        named = set().union(*(members(word) if word.startswith("@") else {word} for word in words.split()))
        calls = calls - named if tilde else calls | named
    return calls


def confine(calls):
    rules = seccomp.SyscallFilter(defaction=seccomp.KILL_PROCESS)
    for call in calls:
        try:
            rules.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, ValueError):
            continue  # none of this machine's
    rules.load()  # sets no_new_privs too


if __name__ == "__main__":
    permitted = allowed(sys.argv[1])
    ctypes.CDLL(None).prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)
    confine(permitted)
    os.execv(sys.argv[2], sys.argv[2:])
