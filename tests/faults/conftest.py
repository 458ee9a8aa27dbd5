"""A directory that PostgreSQL may enter, and the seed of a run."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import shutil
import tempfile

import pytest


@pytest.fixture
def seed():
    return int(os.environ.get("YIBAO_FAULTS_SEED", "1"))


@pytest.fixture
def directory(request):
    """Kept when the test fails: it has the journals and logs."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="yibao-faults-"))
    path.chmod(0o755)
    failed = request.session.testsfailed
    yield path
    if request.session.testsfailed == failed:
        shutil.rmtree(path, ignore_errors=True)
