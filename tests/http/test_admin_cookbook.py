"""docs/admin.md as it stands: every block of commands is executed by bash, and what it prints is compared."""
# SPDX-License-Identifier: Apache-2.0
import os
import re
import signal
import subprocess

import pytest
from tests.harness.database import BINARY
from tests.harness.server import ROOT, free_port
from tests.http.test_whole_run import FORMS

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.M | re.S)
MARK = "@@ block {} @@"
PATIENCE_S = 120
CLOCK = "2026-03-20T09:00:00+08:00"  # business dates of the examples


def blocks():
    """[(commands, what they print or None)]"""
    found = []
    for kind, text in BLOCK.findall((ROOT / "docs/admin.md").read_text(encoding="utf-8")):
        if kind == "sh":
            found.append([text, None])
        else:
            assert found and found[-1][1] is None, f"output without commands: {text}"
            found[-1][1] = text
    return found


def script():
    lines = ["set -euo pipefail"]
    for number, (commands, _) in enumerate(blocks()):
        lines += [f"echo '{MARK.format(number)}'", commands]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def surroundings(cluster, tmp_path_factory):
    """An empty database, a folder to work in, and the program on the path."""
    directory = tmp_path_factory.mktemp("cookbook")
    (directory / "bin").mkdir()
    (directory / "bin/yibaod").symlink_to(BINARY.resolve())
    return directory, {
        "PATH": f"{directory}/bin:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "HOME": str(directory),
        "DATABASE_URL": cluster.create_database("cookbook"),
        "YIBAO_MASTER_KEY_FILE": str(directory / "master.key"),
        "YIBAO_SPOOL_DIR": str(directory / "spool"),
        "YIBAO_TEST_CLOCK": CLOCK,
        "YIBAO_LISTEN": f"127.0.0.1:{free_port()}",
        "YIBAO_OPS_LISTEN": f"127.0.0.1:{free_port()}",
    }


@pytest.fixture(scope="module")
def printed(surroundings):
    """[what each block printed]"""
    directory, environment = surroundings
    shell = subprocess.Popen(
        ["bash", "-c", script()], cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = shell.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        output, _ = shell.communicate()
        pytest.fail(f"still busy after {PATIENCE_S} s:\n{output[-3000:]}")
    finally:
        stop_group(shell.pid)
    assert shell.returncode == 0, f"exit code {shell.returncode}:\n{output[-3000:]}\n{log_of(directory)[-2000:]}"
    parts = re.split(r"^@@ block \d+ @@\n", output, flags=re.M)
    return parts[1:]


def stop_group(group):
    """What the shell left behind, such as the server after a command that failed."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def log_of(directory):
    path = directory / "yibaod.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def pattern(expected):
    """… is anything, also over several lines."""
    return ".*?".join(re.escape(part) for part in expected.split("…"))


def test_every_block_prints_what_the_document_says(printed):
    for (commands, expected), output in zip(blocks(), printed, strict=True):
        if expected is not None:
            assert re.fullmatch(pattern(expected), output, re.S), f"{commands}\nprinted\n{output}\ninstead of\n{expected}"
        else:
            assert output.strip() == "", f"{commands}\nprinted\n{output}"


def test_its_log_holds_nothing_personal(printed, surroundings):
    text = log_of(surroundings[0])
    assert '"event"' in text
    for what, form in FORMS.items():
        found = form.search(text)
        assert found is None, f"{what} {found[0]!r}"
