"""docs/operations/install.md and systemd.md carried out with a systemd that is process 1: `make systemd-test` (root)."""
# SPDX-License-Identifier: Apache-2.0
#
# usage: python3 -m tests.machine ROOT   a root directory of Debian with this tree, built, in /src
import os
import pathlib
import sys
import tempfile

from tests.image.figures import Figures
from tests.machine import service
from tests.machine.host import Machine

INSIDE = "YIBAO_MACHINE_TEST_INSIDE"


def enter_network():
    if os.environ.get(INSIDE):
        return
    os.environ[INSIDE] = "yes"
    command = f'ip link set lo up && exec "{sys.executable}" -m tests.machine "$@"'
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", command, "sh", *sys.argv[1:]])


def main(root):
    root = pathlib.Path(root).resolve()
    figures = Figures(root.name)
    with tempfile.TemporaryDirectory(prefix="yibaod-machine-") as directory:
        machine = Machine(root, directory)
        try:
            service.check(machine, figures)
        except BaseException:
            print(machine.run("journalctl", "-n", "60", "--no-pager", "-o", "cat", check=False).stdout)
            raise
        finally:
            machine.end()
    figures.show()


if __name__ == "__main__":
    enter_network()
    main(*sys.argv[1:])
