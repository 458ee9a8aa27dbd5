"""Servers whose clocks are minutes off PostgreSQL's and each other's, and jump: every answer, row and sum is as it would be else."""
# SPDX-License-Identifier: Apache-2.0
import os

import pytest
from tests.faults.scenarios import SCENARIOS

is_sanitized = "YIBAO_SANITIZER" in os.environ  # scripts/sanitize.sh


@pytest.mark.skipif(is_sanitized, reason="a sanitizer's library must be the first that is loaded")
@pytest.mark.skipif(not SCENARIOS["clocks apart"].is_possible(), reason="libfaketime is not installed")
def test_clocks_apart(directory, seed):
    figures = SCENARIOS["clocks apart"].run(directory, seed, 3)
    assert figures.lost == figures.doubled == 0
    assert figures.count["looks on record"] > 0 and figures.count["rows imported"] > 0
