"""What the tests of the lanes share: a server of their own, many requests at once, statements that go wrong on purpose."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
from tests.harness.database import BINARY
from tests.harness.server import Server

NO_LIMITS = {"YIBAO_RATE_PRINCIPAL_PER_MINUTE": "10000000", "YIBAO_RATE_ADDRESS_PER_MINUTE": "10000000"}


class Stand:
    """One reactor on a database that may be harmed. Not among the servers of the whole run: this one logs errors."""

    def __init__(self, database, log_path, **settings):
        self.database = database
        self.demo = database.demo
        environment = {**database.environment, **NO_LIMITS, "YIBAO_REACTORS": "1", **settings}
        self.server = Server(BINARY, environment, log_path).wait_ready()
        self.reconnect()

    def reconnect(self):
        self.http = httpx.Client(
            base_url=self.server.base_url, timeout=30, verify=False, limits=httpx.Limits(max_connections=None)
        )

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        """Whatever happened, it does not go on running."""
        if kind is None:
            self.close()
        elif self.server.process.poll() is None:
            self.server.process.kill()
            self.server.process.wait()

    def close(self):
        """A graceful stop, and nothing a sanitizer had to say."""
        self.http.close()
        assert self.server.stop() == 0
        text = self.server.log_path.read_text()
        assert "Sanitizer" not in text and "runtime error" not in text, text[-4000:]

    def sql(self):
        return psycopg.connect(self.database.url, autocommit=True)

    def ask(self, path, by=None, method="GET", json=None, headers=None):
        own = {"Authorization": f"Bearer {by.token}"} if by else {}
        return self.http.request(method, path, headers={**own, **(headers or {})}, json=json)

    def ask_all(self, questions):
        """At once, each on a connection of its own; answers in the order of the questions."""
        with ThreadPoolExecutor(len(questions)) as pool:
            return list(pool.map(lambda question: self.ask(**question), questions))

    def ask_all_in_one_batch(self, questions, table="account"):
        """The table is locked while they arrive, so that they wait for each other."""
        with ThreadPoolExecutor(len(questions) + 1) as pool, self.sql() as connection:
            with connection.transaction():
                connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                answers = [pool.submit(self.ask, **question) for question in questions]
                connection.execute("SELECT pg_sleep(0.3)")
            return [answer.result() for answer in answers]

    def metric(self, name):
        """The sum over all its labels."""
        text = httpx.get(f"{self.server.ops_url}/metrics", timeout=10).text
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M))

    def balance(self, citizen):
        return {"path": f"/v1/accounts/{citizen.account_id}/balance", "by": citizen}

    def new_token(self, label):
        body = {"kind": "staff", "label": label, "roles": ["auditor"], "regions": ["620500"]}
        return {"path": "/v1/admin/tokens", "method": "POST", "by": self.demo.admin, "json": body}

    def tokens(self, label):
        with self.sql() as connection:
            return [str(row[0]) for row in connection.execute("SELECT token_id FROM token WHERE label = %s", [label])]

    @contextlib.contextmanager
    def rows_raise(self, table, body):
        """Each row the program reads of a table runs `body` (plpgsql; `id` is its account or region)."""
        column = {"account": "account_id::text", "region": "region_code::text"}[table]
        with self.sql() as connection:
            connection.execute(
                "CREATE FUNCTION test_raise(id text) RETURNS bool LANGUAGE plpgsql AS"
                f" $$ BEGIN {body} RETURN true; END $$;"
                f"CREATE POLICY test_raise ON {table} FOR SELECT USING (test_raise({column}));"
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
            )
            try:
                yield
            finally:
                connection.execute(
                    f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
                    f"DROP POLICY test_raise ON {table}; DROP FUNCTION test_raise"
                )

    @contextlib.contextmanager
    def commits_raise(self, body):
        """Each new token runs `body` (plpgsql; `NEW` is its row) when its transaction commits."""
        with self.sql() as connection:
            connection.execute(
                f"CREATE FUNCTION test_raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$;"
                "CREATE CONSTRAINT TRIGGER test_raise AFTER INSERT ON token DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION test_raise()"
            )
            try:
                yield
            finally:
                connection.execute("DROP TRIGGER test_raise ON token; DROP FUNCTION test_raise")
