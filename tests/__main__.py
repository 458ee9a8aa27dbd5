"""Runs the Python suites as two pytest runs side by side, each with a cluster of its own: what talks HTTP, and the rest."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HTTP = {"contract", "http", "property", "stories"}  # one contract is seen whole by all of these together


def suites():
    """Every directory below tests/ that has tests, so that none is forgotten."""
    found = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert HTTP <= found, found
    return sorted(HTTP), sorted(found - HTTP)


def start(names, output=None):
    command = [sys.executable, "-m", "pytest", "-q", *sys.argv[1:], *(f"tests/{name}" for name in names)]
    return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output and subprocess.STDOUT)


def main():
    http, rest = suites()
    with tempfile.TemporaryFile() as output:
        runs = [start(http), start(rest, output)]
        statuses = [run.wait() for run in runs]
        output.seek(0)
        sys.stdout.write(output.read().decode("utf-8", "replace"))
    return max(map(abs, statuses))


if __name__ == "__main__":
    sys.exit(main())
