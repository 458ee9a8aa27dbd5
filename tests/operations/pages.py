"""A page of docs/operations as a list of blocks, and a shell that is given one after another."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import os
import re
import signal
import subprocess
import threading

from tests.harness.server import ROOT

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.M | re.S)
MARK = "@@ done @@"
PATIENCE_S = 180


@dataclasses.dataclass
class Block:
    commands: str
    printed: str = ""  # … is anything, also over several lines

    def pattern(self):
        return ".*?".join(re.escape(part) for part in self.printed.split("…"))

    def set(self, **values):
        """The same with other values for what it sets in lines of their own; each must be there."""
        commands = self.commands
        for name, value in values.items():
            assert re.search(rf"^(?:export )?{name}=", commands, re.M), f"{name} is not set in\n{commands}"
            commands = re.sub(rf"^((?:export )?{name}=)[^\n]*$", lambda found: f"{found[1]}'{value}'", commands, flags=re.M)
        return Block(commands, self.printed)


def blocks(name):
    """Those of docs/operations/NAME.md to be executed, each with what it prints."""
    found = []
    for kind, text in BLOCK.findall((ROOT / f"docs/operations/{name}.md").read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Block(text))
        else:
            assert found and not found[-1].printed, f"output without commands: {text}"
            found[-1].printed = text
    return found


class Shell:
    """bash -euo pipefail, of its own process group, as `user` when that is given."""

    def __init__(self, directory, environment, user=None):
        identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.process = subprocess.Popen(
            ["bash", "-euo", "pipefail"], cwd=directory, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True, **identity,
        )  # fmt: skip

    def run(self, block):
        """What it printed, which must be what the page says."""
        timer = threading.Timer(PATIENCE_S, self.end)
        timer.start()
        try:
            self.process.stdin.write(f"{block.commands}\necho '{MARK}'\n")
            self.process.stdin.flush()
            output = ""
            for line in self.process.stdout:
                if line == f"{MARK}\n":
                    break
                output += line
            else:
                raise AssertionError(f"{block.commands}\nfailed, having printed\n{output}")
        finally:
            timer.cancel()
        assert re.fullmatch(block.pattern(), output, re.S), f"{block.commands}\nprinted\n{output}\ninstead of\n{block.printed}"
        return output

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
