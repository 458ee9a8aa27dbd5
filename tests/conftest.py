"""One cluster, one demo and one server for a whole run; what is needed to start more."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import dataclasses
import itertools
import os
import pathlib
import signal
import uuid

import psycopg
import pytest
from tests.cluster import Cluster, quick_directory
from tests.contract.contract import Contract
from tests.faults.pair import Node
from tests.harness import database, providers, proxy, signing
from tests.harness.client import Client
from tests.harness.people import Principal
from tests.harness.server import Server
from tests.harness.sms import Sms


@pytest.fixture(scope="session")
def contract():
    """What was seen is kept in the directory YIBAO_CONTRACT_SEEN, for runs that are judged together."""
    contract = Contract()
    yield contract
    if "YIBAO_CONTRACT_SEEN" in os.environ:
        contract.save(pathlib.Path(os.environ["YIBAO_CONTRACT_SEEN"]) / f"{os.getpid()}.json")


@pytest.fixture(scope="session")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def main_database(cluster, tmp_path_factory):
    """Every server on it has a read replica, too, when YIBAO_TESTS_REPLICA is 1."""
    made = database.Database(cluster, "yibao", tmp_path_factory.mktemp("main"))
    if os.environ.get("YIBAO_TESTS_REPLICA") != "1":
        yield made
        return
    stand_by = Node(cluster, {"fsync": "off", "max_connections": "300", "max_wal_senders": "10"}, quick_directory())
    made.environment["YIBAO_REPLICA_URL"] = stand_by.url("yibao")
    yield made
    with stand_by.connect("yibao") as sql:
        (reads,) = sql.execute("SELECT idx_scan FROM pg_stat_user_tables WHERE relname = 'ledger_entry'").fetchone()
    stand_by.remove()
    assert reads > 0, "the replica was never asked"


@pytest.fixture(scope="session")
def demo(main_database):
    return main_database.demo


@pytest.fixture(scope="session")
def sms(main_database):
    """Text messages that the servers have sent: sms.wait(number, since=mark)."""
    return Sms(main_database.environment["YIBAO_SMS_GATEWAY"].removeprefix("file:"))


@pytest.fixture(scope="session")
def connect(main_database):
    """Opens a connection as the database's owner."""
    return lambda: psycopg.connect(main_database.url, autocommit=True)


@pytest.fixture(scope="session")
def sql(connect):
    with connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def servers(main_database, tmp_path_factory):
    """Starts servers: servers(environment, port=…, wait=…). What still runs is stopped at the end; all logs are kept."""
    started = Servers(main_database.environment, tmp_path_factory.mktemp("logs"))
    yield started
    started.stop_all()


NO_LIMITS = {"YIBAO_RATE_PRINCIPAL_PER_MINUTE": "10000000", "YIBAO_RATE_ADDRESS_PER_MINUTE": "10000000"}


class Servers:
    """
    Rate limits are out of the way unless a test sets them. `started` are those of the whole run, which test_whole_run.py
    judges; a test that kills one removes it there.
    """

    numbers = itertools.count()

    def __init__(self, environment, log_directory, started=None):
        self.environment = environment
        self.log_directory = log_directory
        self.started = [] if started is None else started
        self.own = []

    def __call__(self, settings=None, port=None, wait=True, command="serve"):
        log_path = self.log_directory / f"server-{next(self.numbers)}.log"
        server = Server(database.BINARY, {**self.environment, **NO_LIMITS, **(settings or {})}, log_path, port, command)
        self.started.append(server)
        self.own.append(server)
        return server.wait_ready() if wait else server

    def stop_all(self):
        for server in self.own:
            if server.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    server.process.send_signal(signal.SIGCONT)
                server.stop()

    @contextlib.contextmanager
    def on(self, database):
        """Starts servers on that database, which are stopped at the end of the block: each holds two dozen connections."""
        own = Servers(database.environment, self.log_directory, self.started)
        try:
            yield own
        finally:
            own.stop_all()


@pytest.fixture(scope="session")
def server(servers, tmp_path_factory):
    """The one that most tests talk to: through HAProxy when YIBAO_TESTS_PROXY is 1."""
    if os.environ.get("YIBAO_TESTS_PROXY") != "1":
        yield servers()
        return
    behind = servers({"YIBAO_PROXY_ADDRESSES": "127.0.0.1"})
    with proxy.in_front_of(behind, tmp_path_factory.mktemp("proxy")) as front:
        os.environ["SSL_CERT_FILE"] = str(front.certificate_path)  # for every httpx client
        yield proxy.Front(front, behind)


def starting(servers, main_database):
    with servers.on(main_database) as own:
        yield own


start_server = pytest.fixture(starting, name="start_server")
start_server_of_module = pytest.fixture(starting, scope="module", name="start_server_of_module")


@pytest.fixture(scope="session")
def client_of(contract):
    clients = []

    def make(server):
        clients.append(Client(server, contract))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def api(server, client_of):
    return client_of(server)


@pytest.fixture(scope="session")
def new_client(api, demo):
    """Registers a client over HTTP, and tells what it is: new_client("hotline", regions=[…]). A provider is a hospital
    unless it is told otherwise."""

    def register(kind="mini_program", by=None, **body):
        body.setdefault("name", f"client {uuid.uuid4()}")
        if kind == "provider":
            body = {**providers.institution(body.get("institution_type", "hospital")), **body}
        response = api.post("/v1/admin/clients", by=by or demo.admin, json={"kind": kind, **body})
        assert response.status_code == 201, response.text
        return response.json()

    return register


@pytest.fixture(scope="session")
def new_token(api, demo, new_client):
    """Makes a token over HTTP: new_token("staff", roles=[…], regions=[…]); new_token("client", client_kind="hotline")
    registers its client first, unless subject_id names one."""

    def make(kind, client_kind="mini_program", client_regions=("000000",), **body):
        if kind == "client" and "subject_id" not in body:
            body["subject_id"] = new_client(client_kind, regions=list(client_regions))["client_id"]
        if kind == "citizen":
            body.setdefault("expires_at", "2099-01-01T00:00:00+08:00")
        response = api.post("/v1/admin/tokens", by=demo.admin, json={"kind": kind, "label": "test", **body})
        assert response.status_code == 201, response.text
        made = response.json()
        return Principal(
            made["token"], kind, token_id=made["token_id"], subject_id=made["subject_id"],
            role=" ".join(made["roles"]) or None, regions=tuple(made["regions"]),
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def new_provider(new_client, new_token):
    """A designated institution and its token, whose subject_id is the provider_id: new_provider("pharmacy", regions=[…])."""

    def make(institution_type="hospital", regions=("000000",), **body):
        made = new_client("provider", institution_type=institution_type, regions=list(regions), **body)
        token = new_token("client", subject_id=made["client_id"])
        return dataclasses.replace(token, name=made["name"], institution_code=made["institution_code"], regions=tuple(regions))

    return make


@pytest.fixture(scope="session")
def who_may(demo, new_token):
    """Somebody who may call an operation: the employee of the demo, staff of every role everywhere, or a client."""
    made = {}

    def who(operation):
        if operation.is_public:
            return None
        if "citizen" in operation.kinds:
            return demo.employee
        if "staff" in operation.kinds:
            if "staff" not in made:
                roles = ["operator", "reviewer", "policy", "security", "auditor"]
                made["staff"] = new_token("staff", roles=roles, regions=["000000"])
            return made["staff"]
        kind = (operation.client_kinds or ("mini_program",))[0]
        if kind not in made:
            made[kind] = new_token("client", client_kind=kind)
        return made[kind]

    return who


@pytest.fixture(scope="session")
def door_of(contract):
    """The API of a server from a place where nobody else is."""
    doors = []

    def make(server):
        doors.append(signing.Door(server, contract))
        return doors[-1]

    yield make
    for door in doors:
        door.close()


@pytest.fixture
def door(server, door_of):
    return door_of(server)


@pytest.fixture(scope="session")
def new_citizen(api, server, demo, sms, door_of):
    """Somebody on record with a phone, who has not registered yet: new_citizen(name=…)."""
    return lambda **changes: signing.new_citizen(api, demo.staff("operator"), door_of(server), sms, **changes)


@pytest.fixture
def citizen(new_citizen):
    return new_citizen()


@pytest.fixture(scope="session")
def own_database(tmp_path_factory):
    """A second cluster with its own demo, which a test may freeze and stop."""
    cluster = Cluster()
    yield database.Database(cluster, "yibao", tmp_path_factory.mktemp("own"))
    with contextlib.suppress(ProcessLookupError):
        cluster.process.send_signal(signal.SIGCONT)
    cluster.remove()


def pytest_collection_modifyitems(items):
    """What judges the whole run comes last."""
    items.sort(key=lambda item: pathlib.Path(item.fspath).name == "test_whole_run.py")
