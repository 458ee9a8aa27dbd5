"""Runs the Python suites as pytest runs side by side, each with a cluster of its own: they mostly wait, for time-outs and restarts."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HTTP = {"contract", "http", "property", "stories"}  # one contract is seen whole by all of these together
ALONE = ({"db"}, {"faults"})


def suites():
    """Every directory below tests/ that has tests, so that none is forgotten."""
    found = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    groups = [HTTP, *ALONE]
    assert set().union(*groups) <= found, found
    return [sorted(group) for group in (*groups, found.difference(*groups))]


def start(names, output=None):
    command = [sys.executable, "-m", "pytest", "-q", *sys.argv[1:], *(f"tests/{name}" for name in names)]
    return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output and subprocess.STDOUT)


def main():
    """The first run's output is seen as it comes, that of the others when it has ended."""
    first, *others = suites()
    with contextlib.ExitStack() as files:
        outputs = [files.enter_context(tempfile.TemporaryFile()) for _ in others]
        runs = [start(first), *map(start, others, outputs)]
        statuses = [run.wait() for run in runs]
        for output in outputs:
            output.seek(0)
            sys.stdout.write(output.read().decode("utf-8", "replace"))
    return max(map(abs, statuses))


if __name__ == "__main__":
    sys.exit(main())
