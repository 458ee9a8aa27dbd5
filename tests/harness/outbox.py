"""Messages of the outbox, as a transaction of the program would leave them."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import psycopg
from tests.harness.sealed import Sealer
from tests.harness.server import wait_until


class Outbox:
    """Messages to the first person of the demo who has a phone."""

    def __init__(self, database):
        self.database = database
        self.sealer = Sealer(self.connect(), database.environment["YIBAO_MASTER_KEY_FILE"])
        row = self.connect().execute("SELECT person_key, person_id, phone_sealed FROM person"
                                     " WHERE phone_sealed IS NOT NULL ORDER BY person_key LIMIT 1").fetchone()
        self.person_key, self.person_id = row[:2]
        self.phone = self.sealer.open("person.phone", self.person_id, row[2]).decode()

    def connect(self):
        return psycopg.connect(self.database.url, autocommit=True)

    def put(self, text, lasts_s=300, person=True, kind="sms"):
        outbox_id = uuid.uuid4()
        sealed = self.sealer.seal("outbox.payload", outbox_id, text.encode())
        with self.connect() as connection:
            connection.execute(
                "INSERT INTO outbox (outbox_id, kind, person_key, person_id, payload_sealed, next_attempt_at, created_at,"
                " expires_at) VALUES (%s, %s, %s, %s, %s, now(), now(), now() + make_interval(secs => %s))",
                [outbox_id, kind, self.person_key if person else None, self.person_id if person else None, sealed, lasts_s],
            )
        return outbox_id

    def row(self, outbox_id):
        with self.connect() as connection:
            return connection.execute(
                "SELECT state, attempts, payload_sealed, last_error, lease_owner FROM outbox WHERE outbox_id = %s", [outbox_id]
            ).fetchone()

    def wait(self, outbox_id, state):
        wait_until(lambda: self.row(outbox_id)[0] == state, f"a message that is {state}: {self.row(outbox_id)}")
        return self.row(outbox_id)

    def wait_attempts(self, outbox_id, attempts):
        wait_until(lambda: self.row(outbox_id)[1] >= attempts, f"{attempts} attempts")
