"""Descriptors, memory and disk run out: no spin, no crash, no half commit, and full service when they are back."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.faults.exhaust import can_mount
from tests.faults.scenarios import SCENARIOS
from tests.harness.sanitizer import without_sanitizer

needs_mount = pytest.mark.skipif(not can_mount(), reason="needs a small file system, which only root can mount")


@pytest.mark.parametrize("name", ["descriptors taken", pytest.param("memory taken", marks=without_sanitizer)])
def test_exhausted(name, directory, seed):
    figures = SCENARIOS[name].run(directory, seed, 2)
    assert figures.lost == figures.doubled == 0


@without_sanitizer
def test_allocations_fail(directory, seed):
    figures = SCENARIOS["allocations failed"].run(directory, seed, 6)
    assert figures.lost == figures.doubled == 0
    assert figures.harm["failed allocation"] > 0


@needs_mount
@pytest.mark.parametrize("name", ["disk full", "log disk full"])
def test_disk_full(name, directory, seed):
    figures = SCENARIOS[name].run(directory, seed, 2)
    assert figures.lost == figures.doubled == 0
    assert any(seen.startswith("503") for seen in figures.seen)
