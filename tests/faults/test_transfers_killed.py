"""Transfers, withdrawals, wallets and relatives under kill -9 for longer: 40 kills of what tests/http does with 5 (YIBAO_TRANSFER_KILLS)."""
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys

from tests.harness.server import ROOT


def test_many_kills():
    environment = {**os.environ, "YIBAO_TRANSFER_KILLS": os.environ.get("YIBAO_TRANSFER_KILLS", "40")}
    command = [sys.executable, "-m", "pytest", "-q", "tests/http/test_transfer_desks_killed.py"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=3600, check=False)
    assert run.returncode == 0, run.stdout[-5000:]
