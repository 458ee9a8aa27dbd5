"""Today's program where migrate has not been yet: it ends and says so, or waits, unready, and serves as soon as migrate has run."""
# SPDX-License-Identifier: Apache-2.0
from tests.changes import release
from tests.harness.server import wait_until

EARLIER = "0101"  # without a column that the program reads before it listens


def test_it_serves_no_schema_but_its_own(cluster, tmp_path, servers, client_of):
    database = release.Release(cluster, EARLIER, tmp_path)
    with servers.on(database) as start:
        early = start(wait=False)
        assert early.wait_end() == 1
        assert "run yibaod migrate" in early.log_path.read_text(encoding="utf-8")

        database.run("migrate")
        with database.connect() as sql:
            sql.execute("DROP FUNCTION wallet_open CASCADE")  # as if it were new, and not there yet
        server = start(wait=False)
        complains = '"event":"postgres_prepare_failed","statement":"wallet_open"'
        wait_until(lambda: complains in server.log_path.read_text(encoding="utf-8"), "the log to say what is missing")
        assert server.ready_status() == 503
        api, citizen = client_of(server), database.demo.employee
        assert api.get("/v1/me", by=citizen).status_code == 503

        database.run("migrate")
        server.wait_ready()
        assert api.get("/v1/me", by=citizen).status_code == 200
        server.provoked["postgres_prepare_failed"] = server.log_path.read_text(encoding="utf-8").count('"postgres_prepare_failed"')
