"""Keys change while servers work: docs/operations/keys.md executed, killed half-way, under load."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import secrets
import shutil
import signal
import subprocess

import psycopg
from tests.changes import procedures
from tests.changes.load import Load
from tests.harness import proposals
from tests.harness.database import BINARY
from tests.harness.server import wait_until

SEALED = """
    SELECT 'person.' || v.name, get_byte(v.sealed, 1) * 256 + get_byte(v.sealed, 2) AS version, count(*)
      FROM person CROSS JOIN LATERAL (VALUES ('name', name_sealed), ('citizen_number', citizen_number_sealed),
           ('phone', phone_sealed), ('bank_card', bank_card_sealed)) AS v (name, sealed)
     WHERE v.sealed IS NOT NULL GROUP BY 1, 2"""
SOON = "rotate seal_person --after 5"


def versions(sql):
    return {version for _, version, _ in sql.execute(SEALED).fetchall()}


def log_has(server, event):
    return f'"event":"{event}"' in server.log_path.read_text(encoding="utf-8")


def keys(deployment, *arguments, statuses=(0,)):
    done = subprocess.run(
        [str(BINARY), "keys", *arguments], env=deployment.environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode in statuses, done
    return done.stdout + done.stderr


def newest(sql, purpose):
    return sql.execute("SELECT max(version) FROM data_key WHERE purpose = %s", [purpose]).fetchone()[0]


def test_a_new_sealing_key_while_servers_work(start, deployment, sql, client_of):
    """Nobody sees an error, everything ends up sealed anew, but for what an open proposal holds until it is decided."""
    servers = [start(), start()]
    before = newest(sql, "seal_person")
    held = deployment.demo.citizen("gap 5")
    proposal_id = proposals.plant(sql, held.person_id)
    with Load(servers, deployment.demo) as load:
        load.wait_for(100)
        block = procedures.blocks("keys.md", "A new sealing key")[0].replace("rotate seal_person", SOON)
        shown = procedures.run(block.replace("reseal\n", "reseal || test $? = 1\n"), deployment.environment)
        load.wait_for(100)
    load.check(sql)
    assert f"version {before + 1}" in shown
    assert versions(sql) == {before, before + 1}, "whom the proposal concerns"
    sql.execute("DELETE FROM proposal WHERE proposal_id = %s", [proposal_id])
    assert "sealed 0 values again" not in keys(deployment, "reseal")
    assert versions(sql) == {before + 1}
    assert "sealed 0 values again" in keys(deployment, "reseal")
    for server in [*servers, start()]:
        api = client_of(server)
        assert api.get("/v1/me", by=held).json()["person_id"] == held.person_id
    deployment.run(BINARY, "audit")


def test_killed_while_it_seals_again(start, deployment, sql):
    """Whatever slice it was in, the next run finishes the work."""
    before = newest(sql, "seal_person")
    keys(deployment, *SOON.split())
    with psycopg.connect(deployment.url) as holder:
        holder.execute("SELECT FROM person ORDER BY person_key DESC LIMIT 1 FOR UPDATE")
        process = subprocess.Popen([str(BINARY), "keys", "reseal"], env=deployment.environment)
        wait_until(
            lambda: sql.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0] > 0, "a slice to wait"
        )
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert before in versions(sql)
    keys(deployment, "reseal")
    assert versions(sql) == {before + 1}
    deployment.run(BINARY, "audit")


def test_cursors_stay_good(start, deployment, sql, client_of):
    apis = [client_of(start()), client_of(start())]
    admin, before = deployment.demo.admin, newest(sql, "sign_cursor")
    old = apis[0].get("/v1/admin/tokens?limit=1", by=admin).json()["next_cursor"]
    keys(deployment, "rotate", "sign_cursor", "--after", "5")
    assert "not in use yet" in keys(deployment, "rotate", "sign_cursor", "--after", "5", statuses=(1,))

    def changed():
        return apis[0].get("/v1/admin/tokens?limit=1", by=admin).json()["next_cursor"] != old

    wait_until(changed, "a cursor signed by the new key")
    new = apis[0].get("/v1/admin/tokens?limit=1", by=admin).json()["next_cursor"]
    for api in apis:
        pages = [api.get(f"/v1/admin/tokens?limit=1&cursor={cursor}", by=admin).json() for cursor in (old, new)]
        assert pages[0]["data"] == pages[1]["data"]
    assert newest(sql, "sign_cursor") == before + 1


def test_another_master_key(start, deployment, sql, client_of):
    """At every moment of the procedure a process can start; one whose file does not fit is told by SIGHUP, and works on."""
    file = pathlib.Path(deployment.environment["YIBAO_MASTER_KEY_FILE"])
    old, server = file.read_bytes(), start()
    make, rewrap, move = procedures.blocks("keys.md", "Another master key")
    assert "no next master key" in keys(deployment, "rewrap", statuses=(1,))
    procedures.run(make, deployment.environment)
    start().stop()
    with psycopg.connect(deployment.url) as holder:
        holder.execute("LOCK TABLE data_key IN SHARE MODE")
        process = subprocess.Popen([str(BINARY), "keys", "rewrap"], env=deployment.environment)
        wait_until(lambda: sql.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0], "it to wait")
        process.send_signal(signal.SIGKILL)
        process.wait()
    rewrapped = procedures.run(rewrap, deployment.environment)
    assert rewrapped.startswith("wrapped 1") and "wrapped 0 keys" in procedures.run(rewrap, deployment.environment)
    start().stop()
    server.signal(signal.SIGHUP)
    wait_until(lambda: log_has(server, "keys_read"), "the reload")
    procedures.run(move, deployment.environment)
    start().stop()
    assert file.read_bytes() != old
    shutil.copy(file, new := file.with_suffix(".kept"))
    file.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    server.signal(signal.SIGHUP)
    wait_until(lambda: log_has(server, "keys_unreadable"), "the refusal")
    server.provoked["keys_unreadable"] += 1
    assert client_of(server).get("/v1/me", by=deployment.demo.employee).status_code == 200
    file.write_bytes(old)
    assert keys_do_not_open(deployment)
    shutil.copy(new, file)
    start().stop()


def keys_do_not_open(deployment):
    done = subprocess.run([str(BINARY), "serve"], env=deployment.environment, capture_output=True, text=True, timeout=60)
    return done.returncode == 1 and "does not open" in done.stderr


def test_wrong_use(deployment):
    for arguments in (
        "", "rotate", "rotate hash_content", "rotate hash_phone --after 5", "rotate seal_person --after 1", "rehash --pause 1",
        "rewrap x",
    ):  # fmt: skip
        keys(deployment, *arguments.split(), statuses=(2,))
