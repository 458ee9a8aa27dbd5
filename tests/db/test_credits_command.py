"""`yibaod credits run`: who may, what it prints, what it waits for, and that others may do its work."""
# SPDX-License-Identifier: Apache-2.0
import os
import re
import signal
import subprocess

import pytest

from tests.db.conftest import BINARY, ROOT
from tests.db.credit_running import CITY, GANSU_FEN, OTHER_CITY, approve, credits_of, retired, skipped, work
from tests.db.test_credit_runs import make_many
from tests.harness.server import wait_until

RUN = ["credits", "run", "--region", CITY, "--month", "2026-03", "--reason", "三月返款"]


def token(migrated, role="operator", region="620000"):
    made = migrated.run("token", "create", "--kind", "staff", "--role", role, "--region", region)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture
def program(migrated):
    """The program with an operator's token, at a business day of 2026."""
    migrated.environment["YIBAO_TEST_CLOCK"] = "2026-03-20T10:00:00+08:00"
    migrated.environment["YIBAO_TOKEN"] = token(migrated)
    return migrated


class Command:
    """One that runs, with its error output on a pipe, or on a terminal."""

    def __init__(self, program, *arguments, on_terminal=False):
        self.terminal, stderr = os.openpty() if on_terminal else (None, subprocess.PIPE)
        self.process = subprocess.Popen([str(BINARY), *arguments], env=program.environment, cwd=ROOT, text=True,
                                        stdout=subprocess.PIPE, stderr=stderr)
        if on_terminal:
            os.close(stderr)

    def end(self):
        stdout, stderr = self.process.communicate(timeout=120)
        if self.terminal is not None:
            stderr = b""
            try:
                while piece := os.read(self.terminal, 65536):
                    stderr += piece
            except OSError:
                pass  # the other side is closed
            os.close(self.terminal)
        return self.process.returncode, stdout, stderr


def waiting(owner):
    return wait_until(lambda: owner.execute("SELECT job_id FROM job WHERE state = 'awaiting_approval'").fetchone(),
                      "the check to be over")[0]


def test_a_run_from_asking_to_posting(program, owner):
    people = [retired(owner), retired(owner)]
    retired(owner, retired_on=None)
    command = Command(program, *RUN)
    job_id = waiting(owner)
    approve(owner, job_id)
    code, stdout, stderr = command.end()
    assert code == 0, stderr
    lines = [line.split() for line in stdout.splitlines()]
    assert ["run", str(job_id)] in lines
    assert [CITY, "basic", "0", "2", "240.00", "0.00", "240.00", "天水市"] in lines
    assert lines.count(["total", "2", "240.00", "0.00", "240.00"]) == 2, "what was due, and what was posted"
    assert lines.count(["not_retired", "1"]) == 2 and lines[-1] == ["done"]
    (proposal_id,) = owner.execute("SELECT proposal_id FROM job").fetchone()
    assert f'curl -X POST -H "Authorization: Bearer $REVIEWER" http://127.0.0.1:8080/v1/admin/proposals/{proposal_id}/approve' in stdout
    assert "[" not in stderr, "no bar without a terminal"
    assert [credits_of(owner, account)[0][3] for account in people] == [GANSU_FEN] * 2
    subject = owner.execute("SELECT subject_id FROM token").fetchone()
    assert owner.execute("SELECT created_by FROM job").fetchone() == subject
    asked = owner.execute("SELECT actor_kind, actor_id FROM audit_event WHERE action = 'create_credit_run'").fetchone()
    assert asked == ("staff", *subject)


def test_a_bar_on_a_terminal(program, owner):
    make_many(owner, 2300)
    command = Command(program, *RUN, on_terminal=True)
    approve(owner, waiting(owner))
    code, stdout, stderr = command.end()
    assert code == 0 and re.search(rb"checking \[#+ *\] +\d+ %", stderr) and re.search(rb"posting +\[#+ *\] +\d+ %", stderr)
    assert ["total", "2300", "276000.00", "0.00", "276000.00"] in [line.split() for line in stdout.splitlines()]


def test_a_dry_run_and_a_run_over_nobody_post_nothing(program, owner):
    retired(owner)
    code, stdout, _ = Command(program, *RUN, "--dry-run").end()
    assert code == 0 and "nothing is posted" in stdout and "120.00" in stdout
    code, stdout, _ = Command(program, "credits", "run", "--region", OTHER_CITY, *RUN[4:]).end()
    assert code == 0 and "nothing is posted" in stdout
    assert owner.execute("SELECT count(*) FROM proposal").fetchone() == (0,)


def test_an_interrupted_command_leaves_the_run_and_another_goes_on(program, owner):
    account = retired(owner)
    command = Command(program, *RUN)
    job_id = waiting(owner)
    command.process.send_signal(signal.SIGINT)
    code, _, stderr = command.end()
    assert code == 1 and f"yibaod credits run --follow {job_id}" in stderr
    approve(owner, job_id)
    code, stdout, stderr = Command(program, "credits", "run", "--follow", str(job_id)).end()
    assert code == 0 and stdout.endswith("done\n"), stderr
    assert len(credits_of(owner, account)) == 1
    code, stdout, _ = Command(program, "credits", "run", "--follow", str(job_id)).end()
    assert code == 0 and "120.00" in stdout, "one that is over is shown"


def test_what_a_killed_command_had_begun_is_finished(program, owner):
    make_many(owner, 2300)
    command = Command(program, *RUN)
    wait_until(lambda: owner.execute("SELECT FROM credit_run WHERE people_done > 0").fetchone() is not None, "a slice")
    command.process.kill()
    command.end()
    (job_id,) = owner.execute("SELECT job_id FROM job").fetchone()
    owner.execute("UPDATE job SET lease_until = now() - interval '1 s' WHERE state = 'running'")
    command = Command(program, "credits", "run", "--follow", str(job_id))
    waiting(owner)
    approve(owner, job_id)
    assert command.end()[0] == 0
    assert owner.execute("SELECT count(*), count(DISTINCT person_key) FROM pensioner_credit").fetchone() == (2300, 2300)


def test_another_worker_may_do_the_posting(program, owner):
    retired(owner)
    command = Command(program, *RUN)
    job_id = waiting(owner)
    with owner.transaction():  # the command sees both at once
        approve(owner, job_id)
        work(owner, job_id)
    code, stdout, _ = command.end()
    assert code == 0 and ["total", "1", "120.00", "0.00", "120.00"] in [line.split() for line in stdout.splitlines()]


@pytest.mark.parametrize("sql", [
    "UPDATE proposal SET state = 'rejected', decided_by = gen_random_uuid(), decided_at = now()",
    "UPDATE job SET state = 'cancelled', is_cancel_wanted = true, finished_at = now()"])
def test_a_run_that_is_turned_down(program, owner, sql):
    account = retired(owner)
    command = Command(program, *RUN)
    waiting(owner)
    owner.execute(sql)
    code, _, stderr = command.end()
    assert code == 5 and "nothing is posted" in stderr
    assert credits_of(owner, account) == []


def test_two_commands_over_the_same_people_credit_them_once(program, owner):
    make_many(owner, 1500)
    commands = [Command(program, *RUN), Command(program, "credits", "run", "--region", "620000", *RUN[4:])]
    jobs = wait_until(lambda: found
                      if len(found := owner.execute("SELECT job_id FROM job WHERE state = 'awaiting_approval'").fetchall()) == 2
                      else None, "both checks to be over")
    for (job_id,) in jobs:
        approve(owner, job_id)
    assert [command.end()[0] for command in commands] == [0, 0]
    assert owner.execute("SELECT count(*), count(DISTINCT person_key) FROM pensioner_credit").fetchone() == (1500, 1500)
    assert owner.execute("SELECT min(current_year_fen), max(current_year_fen) FROM account").fetchone() == (GANSU_FEN, GANSU_FEN)
    assert sum(skipped(owner, job_id, "posting").get("already_credited", 0) for (job_id,) in jobs) == 1500


def test_who_may_not(program, owner, tmp_path):
    assert "the region is not one of yours" in program.run("credits", "run", "--region", "110000", *RUN[4:]).stderr
    assert "has not begun" in program.run(*RUN[:5], "2999-01", *RUN[6:]).stderr
    file = tmp_path / "token"
    file.write_text(token(program, "reviewer") + "\n")
    assert "only an operator" in program.run(*RUN, "--token-file", str(file)).stderr
    (subject,) = owner.execute("SELECT token_id FROM token WHERE roles = '{operator}'").fetchone()
    assert program.run("token", "revoke", str(subject)).returncode == 0
    assert "not valid any more" in program.run(*RUN).stderr
    program.environment["YIBAO_TOKEN"] = "yb_s_x"
    assert "no token" in program.run(*RUN).stderr
    del program.environment["YIBAO_TOKEN"]
    refused = program.run(*RUN)
    assert refused.returncode == 1 and "YIBAO_TOKEN" in refused.stderr
    assert owner.execute("SELECT count(*) FROM job").fetchone() == (0,)


def test_a_run_of_another_region_is_none(program, owner):
    retired(owner)
    Command(program, *RUN, "--dry-run").end()
    (job_id,) = owner.execute("SELECT job_id FROM job").fetchone()
    program.environment["YIBAO_TOKEN"] = token(program, region="110000")
    foreign = program.run("credits", "run", "--follow", str(job_id))
    absent = program.run("credits", "run", "--follow", "01890000-0000-7000-8000-000000000001")
    assert foreign.returncode == absent.returncode == 1 and foreign.stderr == absent.stderr


@pytest.mark.parametrize("arguments", [
    [], ["walk"], ["run"], RUN[1:-2], [*RUN[1:], "--force"], [*RUN[1:], "--region", CITY], [*RUN[1:3], "62050", *RUN[4:]],
    [*RUN[1:5], "2026-3", *RUN[6:]], [*RUN[1:-1], ""], [*RUN[1:-1], "11010519491231002X 的返款"], ["run", "--follow", "x"],
    ["run", "--follow", "01890000-0000-7000-8000-000000000001", "--dry-run"]])
def test_wrong_usage(program, arguments):
    assert program.run("credits", *arguments).returncode == 2


def test_help_names_the_exit_codes(program):
    shown = program.run("credits", "--help")
    assert shown.returncode == 0 and "5 turned down" in shown.stdout
    assert "credits run" in program.run("--help").stdout
