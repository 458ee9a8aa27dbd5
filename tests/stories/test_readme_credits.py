"""The lines of README.md with which a month is credited, and a credit explained, really work, and answer what stands there."""
# SPDX-License-Identifier: Apache-2.0
import re
import shutil
import subprocess

import psycopg
import pytest
from tests.harness.database import Database
from tests.harness.server import ROOT, wait_until

WAIT = "sleep 2; "


def blocks():
    """The lines to type, and the answers, of the section, one after the other."""
    section = re.search(r"## A month's credits\n(.*?)\n## ", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)[1]
    return [(lines, shown.splitlines()) for lines, shown in re.findall(r"```\n(.*?)```\n\n```json\n(.*?)```", section, re.S)]


@pytest.fixture
def database(own_database, tmp_path):
    """With nobody in it but the people of the demo."""
    return Database(own_database.cluster, "readme", tmp_path)


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_a_month_is_credited_by_the_readme(database, servers, tmp_path):
    def state_is(state):
        with psycopg.connect(database.url, autocommit=True) as connection:
            return connection.execute("SELECT FROM job WHERE state = %s", [state]).fetchone() is not None

    with servers.on(database) as start:
        server = start()
        (run, run_answers), (explain, explain_answers) = [
            (lines.replace("http://127.0.0.1:8080", server.base_url).replace("var/demo.json", str(database.demo_path)), shown)
            for lines, shown in blocks()]
        shell = subprocess.Popen(["sh", "-e"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
        ask, approve = run.split(WAIT)
        shell.stdin.write(ask)
        shell.stdin.flush()
        wait_until(lambda: state_is("awaiting_approval"), "the check to be over")
        shell.stdin.write(approve)
        shell.stdin.flush()
        wait_until(lambda: state_is("done"), "the posting to be over")
        output, _ = shell.communicate(explain, timeout=60)
    assert shell.returncode == 0
    assert output.splitlines() == run_answers + explain_answers
