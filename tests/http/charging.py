"""Charges on a stand of their own: accounts by the dozen, institutions, and questions that meet in one batch."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import uuid

from tests.db import charging
from tests.harness import charges, providers
from tests.harness.people import Principal
from tests.http.lanes import Stand

REFUSED_FOR_NOW = {"request_in_progress", "database_unavailable", "deadline_exceeded", "outcome_unknown", "overloaded"}


class ChargingStand(Stand):
    """One reactor, one write connection: whatever is sent together travels together."""

    def provider(self, regions=("620500",)):
        body = {"kind": "provider", "name": f"provider {uuid.uuid4()}", "regions": list(regions), **providers.institution("hospital")}
        made = self.ask("/v1/admin/clients", by=self.demo.admin, method="POST", json=body)
        assert made.status_code == 201, made.text
        client_id = made.json()["client_id"]
        body = {"kind": "client", "label": "test", "subject_id": client_id}
        token = self.ask("/v1/admin/tokens", by=self.demo.admin, method="POST", json=body)
        assert token.status_code == 201, token.text
        return Principal(token.json()["token"], "client", subject_id=client_id)

    def accounts(self, count, fen=10_000):
        """Their ids."""
        with self.sql() as connection:
            return [str(charging.add_account(connection, fen).account_id) for _ in range(count)]

    def charge(self, provider, account_id, amount_fen=100, key=None, **changes):
        """A question."""
        return {"path": charges.CHARGES, "method": "POST", "by": provider, "headers": {"Idempotency-Key": key or charges.new_key()},
                "json": charges.body(account_id, amount_fen, **changes)}

    def anew(self, questions):
        """The same charges once more, with keys and numbers of their own."""
        return [{**one, "headers": {"Idempotency-Key": charges.new_key()}, "json": {**one["json"], "charge_no": charges.new_number()}}
                for one in questions]

    def insist(self, question):
        """Asked with the same key until there is an answer for good."""
        for _ in range(1000):
            answer = self.ask(**question)
            if answer.status_code < 400 or answer.json()["code"] not in REFUSED_FOR_NOW:
                return answer
        raise AssertionError(answer.text)

    def balance_of(self, account_id):
        with self.sql() as connection:
            return charges.stored(connection, account_id)[0]

    @contextlib.contextmanager
    def holding(self, account_id):
        """Another transaction has the account."""
        with self.sql() as connection, connection.transaction():
            connection.execute("SELECT FROM account WHERE account_id = %s FOR NO KEY UPDATE", [account_id])
            yield

    @contextlib.contextmanager
    def new_charges_raise(self, body):
        """Each new charge runs `body` (plpgsql; `NEW` is its row) before it is stored."""
        with self.sql() as connection:
            connection.execute(
                f"CREATE FUNCTION test_raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$;"
                "CREATE TRIGGER test_raise BEFORE INSERT ON charge FOR EACH ROW EXECUTE FUNCTION test_raise()")
            try:
                yield
            finally:
                connection.execute("DROP TRIGGER test_raise ON charge; DROP FUNCTION test_raise")
