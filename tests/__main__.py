"""Runs the Python suites as pytest runs side by side, each with a cluster of its own: they mostly wait, for time-outs and restarts."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

from tests.contract.contract import Contract

ROOT = pathlib.Path(__file__).resolve().parent.parent
HTTP = {"contract", "http", "property", "stories"}  # one contract is seen whole by all of these together
PARTS = ("abcde", "ghijklmnoqrs")  # initials of the files of tests/http that are runs of their own, about a third of the time each
ALONE = ({"db"}, {"faults"})
JUDGE = "tests/http/test_whole_run.py"


def suites():
    """Arguments of each run: every directory below tests/ that has tests, so that none is forgotten."""
    found = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    groups = [HTTP, *ALONE]
    assert set().union(*groups) <= found, found
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/http").glob("test_*.py"))
    parts = [[name for name in files if name.removeprefix("tests/http/test_")[0] in initials] for initials in PARTS]
    rest = [*(name for name in files if name not in sum(parts, [])), *directories(HTTP - {"http"})]
    return [rest, *([*part, JUDGE] for part in parts), *map(directories, ALONE), directories(found.difference(*groups))]


def directories(names):
    return [f"tests/{name}" for name in sorted(names)]


def start(arguments, output=None):
    command = [sys.executable, "-m", "pytest", "-q", *sys.argv[1:], *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output and subprocess.STDOUT)


def unseen(directory):
    """Operations and statuses of the contract that no run has seen."""
    contract = Contract()
    for path in pathlib.Path(directory).iterdir():
        contract.load_seen(path)
    return sorted(contract.unseen())


def main():
    """The first run's output is seen as it comes, that of the others when it has ended."""
    first, *others = suites()
    with contextlib.ExitStack() as files:
        seen = files.enter_context(tempfile.TemporaryDirectory())
        os.environ["YIBAO_CONTRACT_SEEN"] = seen
        outputs = [files.enter_context(tempfile.TemporaryFile()) for _ in others]
        runs = [start(first), *map(start, others, outputs)]
        statuses = [run.wait() for run in runs]
        for output in outputs:
            output.seek(0)
            sys.stdout.write(output.read().decode("utf-8", "replace"))
        missing = [] if "-k" in sys.argv else unseen(seen)
    print(f"of the contract not seen: {missing}" if missing else "every operation and status of the contract was seen")
    return max(*map(abs, statuses), len(missing) > 0)


if __name__ == "__main__":
    sys.exit(main())
