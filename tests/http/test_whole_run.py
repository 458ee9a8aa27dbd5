"""What must hold after everything else ran: books in order, nothing personal in any log, the whole contract seen."""
# SPDX-License-Identifier: Apache-2.0
import collections
import json
import re

import pytest
from tests.harness.database import BINARY
from tests.harness.server import wait_until
from tests.harness.sms import code_of

DATE = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
FORMS = {
    "token": re.compile(r"yb_[cksr]_[0-9A-Za-z_-]{20,}"),
    "citizen number": re.compile(rf"(?<![0-9a-fA-F-])[1-9]\d{{5}}{DATE}\d{{3}}[\dXx](?![0-9a-fA-F-])"),
    "mobile number": re.compile(r"(?<![0-9a-fA-F.-])1[3-9]\d{9}(?![0-9a-fA-F-])"),
    "name": re.compile(r"[\u4e00-\u9fff]{2,}"),
}
MOVING = re.compile(r'"route":"[^"]*/(?:family|wallet|transfers|withdrawal|payout|document|view-grants|pending|charges)')
NEEDED = {"test_access_matrix.py", "test_errors.py", "test_rate_limit.py", "test_readiness.py", "test_deadlines.py"}

STEPPING = {"test_view_grants.py", "test_wallets.py", "test_family.py", "test_transfer_desks.py", "test_withdrawals.py", "test_payouts.py",
            "test_transfers.py", "test_transfers_apply.py", "test_moving_away.py", "test_moving_house.py", "test_transfer_desks_killed.py"}


def test_the_auditor_finds_nothing(main_database, server):
    main_database.run(BINARY, "audit")


def log_texts(servers):
    paths = [server.log_path for server in servers.started]
    return {path: path.read_text(encoding="utf-8", errors="replace") for path in paths}


def test_no_log_holds_personal_data_or_tokens(servers, demo):
    """Names, numbers and tokens of the demo, and anything of their form."""
    secrets = {
        getattr(citizen, field)
        for citizen in demo.citizens
        for field in ("name", "token", "citizen_number", "card_number", "phone")
    }
    secrets -= {None}
    secrets |= {member.token for member in demo.all_staff} | {demo.admin_token}
    for path, text in log_texts(servers).items():
        for secret in secrets:
            assert secret not in text, path
        for what, form in FORMS.items():
            found = form.search(text)
            assert found is None, f"{what} {found[0]!r} in {path}"


def words_of(line):
    """The words of the texts of a log line; instants and ids of ours, which may hold any digits, left out."""
    if not line.startswith("{"):
        return re.findall(r"\w+", line)
    texts = [v for k, v in json.loads(line).items() if k not in ("at", "request_id", "trace_id") and isinstance(v, str)]
    return re.findall(r"\w+", " ".join(texts))


def test_no_log_holds_a_code_that_was_sent(servers, sms):
    codes = {code_of(message) for message in sms.all() if re.search(r"(?<!\d)\d{6}(?!\d)", message["text"])}
    for path, text in log_texts(servers).items():
        for line in text.splitlines():
            assert not codes & set(words_of(line)), path


def test_every_log_line_is_json_with_instant_level_and_event(api, server):
    request_id = api.get("/v1/regions").headers["X-Request-Id"]
    wait_until(lambda: request_id in server.log_path.read_text(encoding="utf-8"), "the line of a request")
    whole_lines = server.log_path.read_text(encoding="utf-8").rpartition("\n")[0]
    for line in whole_lines.splitlines():
        assert {"at", "level", "event"} <= json.loads(line).keys(), line


def test_no_server_complained_of_itself(servers):
    """Level error is for what is our fault: none of all the wrong requests is, and a test says what it provokes itself."""
    for server in servers.started:
        text = server.log_path.read_text(encoding="utf-8", errors="replace")
        wrong = [line for line in text.splitlines() if line.startswith("{") and json.loads(line)["level"] == "error"]
        wrong = [line for line in wrong if "postgresql" not in line and "database" not in line]
        events = collections.Counter(json.loads(line)["event"] for line in wrong)
        assert events == server.provoked, (server.log_path, wrong[:5])
        assert "Sanitizer" not in text and "runtime error" not in text


def test_sharing_and_moving_take_two_round_trips(servers):
    """At most one question and one write, besides the token's when it is not remembered."""
    most = collections.Counter()
    for text in log_texts(servers).values():
        for line in filter(lambda line: MOVING.search(line), text.splitlines()):
            told = json.loads(line)
            if told["event"] == "request" and told["status"] < 300:
                most[told["method"], told["route"]] = max(most[told["method"], told["route"]], told["calls"])
    assert {asked: calls for asked, calls in most.items() if calls > 2 + 1} == {}


def test_every_step_of_every_state_machine_was_taken(request, cluster, sql):
    """In one of the run's databases; state_step is what db/data/state_machines.csv says."""
    if not STEPPING <= {item.fspath.basename for item in request.session.items}:
        pytest.skip("only a part of the suite ran")
    steps = set(sql.execute("SELECT machine, state, event FROM state_step").fetchall())
    taken = steps_taken(cluster) | steps_taken(request.getfixturevalue("own_database").cluster)
    assert sorted(steps - taken) == []


def steps_taken(cluster):
    """(machine, state, event) in all of its databases."""
    taken = set()
    with cluster.connect("postgres") as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'").fetchall()
    for (name,) in names:
        with cluster.connect(name) as connection:
            if connection.execute("SELECT to_regclass('state_change')").fetchone()[0]:
                taken |= set(connection.execute("SELECT machine, from_state, event FROM state_change").fetchall())
    return taken


def test_no_server_died(servers):
    assert {server.process.poll() for server in servers.started} <= {None, 0, 1}


def test_the_whole_contract_was_seen(request, contract):
    """Every operation with every status that is documented for it."""
    if not NEEDED <= {item.fspath.basename for item in request.session.items}:
        pytest.skip("only a part of the suite ran")
    assert contract.unseen() == set()
