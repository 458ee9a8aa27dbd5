"""A primary and its stand-by for each file that asks for them."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import shutil
import tempfile

import pytest
from tests.operations.replicas import Replicated


@pytest.fixture(scope="module")
def replicated():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="yb-", dir="/tmp"))
    directory.chmod(0o755)
    made = Replicated(directory)
    yield made
    made.remove()
    shutil.rmtree(directory, ignore_errors=True)
