"""The lines of README.md with which a newcomer signs in really work."""
# SPDX-License-Identifier: Apache-2.0
import json
import re
import shutil
import subprocess

import pytest
from tests.harness.server import ROOT

WAIT = "sleep 1; "


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_signing_in_by_the_readme(server, main_database, sms, demo):
    block = re.search(r"```\n(API=.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)[1]
    block = block.replace("http://127.0.0.1:8080", server.base_url)
    block = block.replace("var/demo.json", str(main_database.demo_path)).replace("var/sms.jsonl", str(sms.path))
    ask, rest = block.split(WAIT)
    shell = subprocess.Popen(["sh", "-e"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    mark = sms.mark()
    shell.stdin.write(ask)
    shell.stdin.flush()
    sms.wait(demo.citizens[0].phone, since=mark)
    output, _ = shell.communicate(rest, timeout=60)
    assert shell.returncode == 0
    assert json.loads(output)["data"][0]["method"] == "registration"
