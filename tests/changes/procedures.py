"""Runs the commands that stand in docs/operations/ as they stand there."""
# SPDX-License-Identifier: Apache-2.0
import re
import signal
import subprocess
import time

from tests.harness.database import BINARY
from tests.harness.server import ROOT


def blocks(page, heading):
    """The ```sh blocks below a heading of a page of docs/operations/, or of the whole page."""
    text = (ROOT / "docs/operations" / page).read_text(encoding="utf-8")
    if heading:
        section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
        assert section, f"no section {heading!r} in {page}"
        text = section[1]
    found = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    assert found, f"no commands below {heading!r} in {page}"
    return found


def run(block, environment, statuses=(0,)):
    """What a block printed; `yibaod` is the program under test."""
    path = f"{BINARY.parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-ec", block], cwd=ROOT, env={**environment, "PATH": path}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode in statuses, f"{block}\n{done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def rehash_and_kill(environment, after_s):
    """`yibaod keys rehash` with short pauses, which does not come to its end."""
    process = subprocess.Popen([str(BINARY), "keys", "rehash", "--pause", "5"], env=environment, stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
