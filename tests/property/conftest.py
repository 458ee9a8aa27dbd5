"""The rules of coverage as the program has them, built once for all files."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.property import coverage_in_c


@pytest.fixture(scope="session")
def c(tmp_path_factory):
    return coverage_in_c.build(tmp_path_factory.mktemp("coverage"))
