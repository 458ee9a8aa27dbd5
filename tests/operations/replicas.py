"""A primary with the demo's people, a stand-by that follows it, and what each of them was asked."""
# SPDX-License-Identifier: Apache-2.0
import collections
import contextlib
import os
import re
import signal

import httpx
from tests.cluster import quick_directory
from tests.faults.pair import Node
from tests.harness.database import BINARY, Database
from tests.harness.operations import OPERATIONS
from tests.harness.server import Server, wait_until

SETTINGS = {"fsync": "off", "log_statement": "all", "max_standby_streaming_delay": "0"}
# What judges who somebody is, what he may see, and that it was looked at; and whatever changes anything.
OF_PRIMARY = re.compile(r"token_|consent_find|audit_look|account_balance|charge_create|viewed_")

# All citizens of the demo with YIBAO_REPLICA_ALL=1, as `make replica` does.
CITIZENS = slice(None, None, 1 if os.environ.get("YIBAO_REPLICA_ALL") == "1" else 5)
# What nobody has in the demo: `make test-replica` reads it.
NOT_IN_THE_DEMO = {
    "explainCredit", "getFamilyMemberUsage", "getSettlement", "getWithdrawalTimeline", "listCreditRunPools", "listFamilyMemberUses",
    "listInterestRunPools", "listSettlementDifferences",
}  # fmt: skip


class Asked:
    """How often each prepared statement has run on a node since then."""

    def __init__(self, node):
        self.node = node
        self.since = self._log().stat().st_size

    def _log(self):
        return self.node.directory / "log"

    def counts(self):
        with self._log().open("rb") as file:
            file.seek(self.since)
            return collections.Counter(re.findall(r"LOG:  execute (\w+):", file.read().decode("utf-8", "replace")))


def postgres_processes(node):
    """The postmaster and its children."""
    postmaster = node.process.pid
    with open(f"/proc/{postmaster}/task/{postmaster}/children", encoding="ascii") as file:
        return [postmaster, *map(int, file.read().split())]


@contextlib.contextmanager
def frozen(node):
    pids = postgres_processes(node)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Replicated:
    """Servers are started on it with start(); each finds the stand-by unless it is told otherwise."""

    def __init__(self, directory):
        self.directory = directory
        self.nodes = [Node(settings=SETTINGS, under=quick_directory())]
        self.servers = []
        self.primary = self.nodes[0]
        self.database = Database(self.primary, "yibao", directory)
        self.demo = self.database.demo
        self.stand_by = self.follow(self.primary)

    def follow(self, node):
        self.nodes.append(Node(node, SETTINGS, quick_directory()))
        return self.nodes[-1]

    def start(self, **settings):
        log = self.directory / f"server-{len(self.servers)}.log"
        environment = {
            **self.database.environment, "YIBAO_REACTORS": "1", "YIBAO_REPLICA_URL": self.stand_by.url("yibao"),
            "YIBAO_RATE_PRINCIPAL_PER_MINUTE": "1000000", **settings,
        }  # fmt: skip
        self.servers.append(Server(BINARY, environment, log))
        return self.servers[-1].wait_ready()

    def remove(self):
        for server in self.servers:
            server.process.kill()
            server.process.wait()
        for node in reversed(self.nodes):
            node.remove()


def reads(server):
    """What became of the reads that a replica may answer, by outcome."""
    text = httpx.get(f"{server.ops_url}/metrics").text
    return {outcome: int(count) for outcome, count in re.findall(r'^yibaod_replica_reads_total\{outcome="(\w+)"\} (\d+)$', text, re.M)}


def served_again(server, read):
    """Asks until a stand-by has answered; what comes is asserted by `read`."""

    def once():
        before = reads(server)["served"]
        read()
        return reads(server)["served"] > before

    wait_until(once, "an answer from the stand-by")


def targets(replicated):
    """(who, path) for each operation that a replica may answer and that has something to say in the demo."""
    with replicated.primary.connect("yibao") as sql:
        def ids(column, table):
            return dict(sql.execute(f"SELECT DISTINCT ON (person_key) person_key, {column}::text FROM {table}").fetchall())

        named = {"transfer_id": ids("transfer_id", "transfer"), "withdrawal_id": ids("withdrawal_id", "withdrawal"),
                 "family_member_id": ids("family_member_id", "family_member"), "charge_id": ids("charge_id", "charge"),
                 "credit_id": ids("credit_id", "pensioner_credit")}  # fmt: skip
        keys = dict(sql.execute("SELECT person_id::text, person_key FROM person").fetchall())
    demo = replicated.demo
    for operation in OPERATIONS:
        if not operation.on_replica:
            continue
        if "citizen" in operation.kinds:
            for citizen in demo.citizens[CITIZENS]:
                own = {name: found.get(keys[citizen.person_id]) for name, found in named.items()}
                values = {**own, "person_id": citizen.person_id, "account_id": citizen.account_id, "month": "2024-05"}
                if all(values[name] for name in operation.path_parameters):
                    yield citizen, operation, operation.path.format(**values)
        elif not operation.path_parameters:
            yield (demo.provider("hospital") if "client" in operation.kinds else demo.staff(operation.roles[-1])), operation, operation.path
