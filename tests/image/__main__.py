"""Runs the images and the compose file for real, with podman in namespaces of its own: `make image-test` builds them before."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import sys
import tempfile

from tests.image import alone, together
from tests.image.figures import Figures
from tests.image.podman import Podman

INSIDE = "YIBAO_IMAGE_TEST_INSIDE"


def enter_namespaces():
    """Begins again in a network and a mount namespace of its own: bridges, addresses and mounts are nobody else's."""
    if os.environ.get(INSIDE):
        return
    command = f'ip link set lo up && exec "{sys.executable}" -m tests.image "$@"'
    os.environ[INSIDE] = "yes"
    os.execvp("unshare", ["unshare", "-n", "-m", "sh", "-c", command, "sh", *sys.argv[1:]])


def main(release="trixie"):
    figures = Figures(release)
    with tempfile.TemporaryDirectory(prefix="yibaod-image-") as directory:
        podman = Podman(pathlib.Path(directory))
        alone.check(podman, f"yibaod:test-{release}", figures)
        together.check(podman, f"test-{release}", figures)
    figures.show()


if __name__ == "__main__":
    enter_namespaces()
    main(*sys.argv[1:])
