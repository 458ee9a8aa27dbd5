"""The process of a job: what it gets from the server that runs it, and what becomes of a run that left no outcome."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import shutil
import subprocess
import uuid

import psycopg
import pytest
from tests.harness.database import BINARY
from tests.harness.imports import contribution, enrolment
from tests.harness.sealed import Sealer
from tests.harness.server import wait_until
from tests.harness.sms import Gateway
from tests.http.importing import api, books, imports, staff, stand, start  # noqa: F401

IMPORT_LOCK = "SELECT pg_advisory_lock(7309454, 0)"


@pytest.fixture(scope="module")
def people(imports):
    imports.load("enrolments", [enrolment(n) for n in range(2)])


def children(server):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True)
    return [int(pid) for pid in listed.stdout.split()]


def sockets(pid):
    """Those that a process holds."""
    links = [os.readlink(link) for link in pathlib.Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    return {link for link in links if link.startswith("socket:")}


def send_text(books):
    """To the first person with a phone; the row's id."""
    with psycopg.connect(books.url, autocommit=True) as connection:
        sealer = Sealer(connection, books.environment["YIBAO_MASTER_KEY_FILE"])
        outbox_id = uuid.uuid4()
        connection.execute(
            "INSERT INTO outbox (outbox_id, kind, person_key, person_id, payload_sealed, next_attempt_at, created_at, expires_at)"
            " SELECT %s, 'sms', person_key, person_id, %s, now(), now(), now() + interval '5 minutes' FROM person"
            " WHERE phone_sealed IS NOT NULL ORDER BY person_key LIMIT 1",
            [outbox_id, sealer.seal("outbox.payload", outbox_id, b"hello")])


def test_it_inherits_no_connection(imports, people, start, client_of, books, tmp_path):
    """Neither of a client nor to the gateway: it would outlive what the server closes."""
    gateway = Gateway()
    # The texts of this database go to whichever server asks first, so only this one has a gateway.
    server = start({"YIBAO_SPOOL_DIR": str(tmp_path / "spool"), "YIBAO_SMS_GATEWAY": gateway.url})
    with psycopg.connect(books.url, autocommit=True) as connection:
        connection.execute(IMPORT_LOCK)
        while not gateway.received:
            send_text(books)
            wait_until(lambda: connection.execute("SELECT count(*) FROM outbox WHERE state = 'waiting' AND attempts = 0")
                       .fetchone() == (0,), "the text to be taken")
        own = imports.at(client_of(server))
        job_id = own.send("contributions", [contribution(1, source_document="process")], dry_run=True)
        own.wait(job_id, "running")
        wait_until(lambda: children(server), "the process")
        [pid] = children(server)
        wait_until(lambda: sockets(pid), "its own session")
        assert sockets(pid) & sockets(server.process.pid) == set()
    own.wait(job_id, "done")
    gateway.close()


def test_what_could_not_begin_is_tried_again(imports, people, start, client_of, books, tmp_path):
    """A passing shortage is not a lost file."""
    key = tmp_path / "master.key"
    shutil.copy(books.environment["YIBAO_MASTER_KEY_FILE"], key)
    server = start({"YIBAO_SPOOL_DIR": str(tmp_path / "spool"), "YIBAO_MASTER_KEY_FILE": str(key)})
    own = imports.at(client_of(server))
    key.rename(tmp_path / "elsewhere")
    job_id = own.send("contributions", [contribution(1, source_document="again")], dry_run=True)
    wait_until(lambda: "job_not_finished" in server.log_path.read_text() or own.job(job_id)["state"] == "failed", "a run to end")
    (tmp_path / "elsewhere").rename(key)
    job = own.wait(job_id, "done")
    assert (job["failure"], job["result"]["ready"]) == (None, 1)
    assert server.log_path.read_text().count("job_not_finished") == 1, "in good time, not at once"


@pytest.mark.parametrize(("parent", "code"), [(1, 1), (os.getpid(), 3)])
def test_one_whose_server_is_gone_does_nothing(books, tmp_path, parent, code):
    """With the server's number it gets as far as its file, which is none."""
    path = tmp_path / "file"
    path.write_bytes(b"")
    done = subprocess.run([str(BINARY), "import", "contributions", str(path), "--job", str(uuid.uuid4()), "--parent", str(parent)],
                          env=books.environment, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
