"""A client's journal held against the books: nothing acknowledged is lost, changed or done twice, and nothing was done unasked."""
# SPDX-License-Identifier: Apache-2.0
import json
import uuid

import pytest

from tests.db.charge_world import Charges
from tests.db.charging import charge, create, hours, statuses
from tests.db.planting import assert_named
from tests.db.posting import INSTANT

EXCEPT = ("person_key", "account_person_key", "current_year_entry_id", "carried_over_entry_id", "changed_at", "refunded_fen")


class Journal:
    """What the client of a world of charges would have written down, replies made of the rows that are there."""

    def __init__(self, charges, path):
        self.charges, self.path, self.lines = charges, path, []
        self.add({"event": "begin", "version": 1, "complete_for": [str(charges.provider_id)]})
        for of in (charges.paid, charges.split, charges.held, charges.part, charges.whole, charges.voided, charges.expired):
            self.call("/v1/charges", of.key, {
                "account_id": str(of.account_id).upper(), "amount_fen": of.amount_fen, "charge_no": of.charge_no, "usage": of.usage,
                **({"expires_at": of.expires_at.isoformat()} if of.expires_at else {}), "capture": of.expires_at is None,
            }, self.reply("charge", of.charge_id), 201)
        for of, what, body in ((charges.part, "capture", {"amount_fen": 250}), (charges.whole, "capture", None),
                               (charges.voided, "void", None)):
            self.call(f"/v1/charges/{of.charge_id}/{what}", f"{what} {of.charge_no}", body, self.reply("charge", of.charge_id))
        for refund_id, number, fen in ((charges.refund_one, "R-1", 1200), (charges.refund_two, "R-2", 100)):
            self.call(f"/v1/charges/{charges.split.charge_id}/refunds", f"refund {number}", {"amount_fen": fen, "refund_no": number},
                      self.reply("charge_refund", refund_id), 201)
        self.write()

    def reply(self, table, object_id):
        name = "charge_id" if table == "charge" else "refund_id"
        (row,) = self.charges.connection.execute(f"SELECT to_jsonb(t) FROM {table} AS t WHERE {name} = %s", [object_id]).fetchone()
        if row.get("current_year_into") == "carried_over":
            row.update(current_year_fen=0, carried_over_fen=row["amount_fen"])
        row["region_code"] = row.pop("pool_code")
        return {key: value for key, value in row.items() if key not in EXCEPT}

    def add(self, line):
        self.lines.append(line)
        return line

    def call(self, path, key, body, reply, status=200):
        request = {"principal_id": str(self.charges.provider_id), "method": "POST", "path": path, "key": key, "body": body}
        self.add({"event": "sent", **request})
        return self.add({"event": "received", **request, "status": status, "replayed": False, "reply": reply})

    def write(self, tail=""):
        self.path.write_text("".join(json.dumps(line) + "\n" for line in self.lines) + tail, encoding="utf-8")

    def received(self, ending, number=None):
        return next(line for line in self.lines if line["event"] == "received" and line["path"].endswith(ending)
                    and number in (None, line["body"] and line["body"].get("charge_no")))


@pytest.fixture
def journal(world, tmp_path):
    return Journal(Charges(world.connection, world.account), tmp_path / "client.jsonl")


def held(migrated, journal, *options):
    result = migrated.run("audit", "--json", "--journal", journal.path, *options)
    assert result.returncode in (0, 1), result.stderr
    return json.loads(result.stdout)


def test_a_true_journal_is_clean(migrated, journal):
    report = held(migrated, journal)
    assert report["faults"] == [] and report["totals"]["accounts"] == 2
    assert report["totals"]["journal_held"] == 12 and report["totals"]["journal_lines"] == 25
    report = held(migrated, journal, "--only-journal", "--journal", journal.path)
    assert report["faults"] == [] and "accounts" not in report["totals"]
    assert report["totals"]["journal_held"] == 24


def of(journal, name):
    return getattr(journal.charges, name).charge_id


def run(journal, sql, *values):
    assert journal.charges.connection.execute(sql, values).rowcount > 0


def acknowledged_charge_lost(journal):
    run(journal, "DELETE FROM charge WHERE charge_id = %s", of(journal, "paid"))
    return "charge", of(journal, "paid"), "charge_id"


def acknowledged_refund_lost(journal):
    run(journal, "DELETE FROM charge_refund WHERE refund_id = %s", journal.charges.refund_one)
    return "charge_refund", journal.charges.refund_one, "refund_id"


def answer_of_another_amount(journal):
    journal.received("/charges", "A-1")["reply"]["amount_fen"] += 1
    return "charge", of(journal, "paid"), "amount_fen"


def request_of_another_amount(journal):
    journal.received("/charges", "A-1")["body"]["amount_fen"] += 1
    return "charge", of(journal, "paid"), "amount_fen"


def request_of_another_usage(journal):
    journal.received("/charges", "A-3")["body"]["usage"] = "device"
    return "charge", of(journal, "held"), "usage"


def answer_with_parts_that_were_others(journal):
    journal.received("/charges", "A-2")["reply"]["carried_over_fen"] += 1
    return "charge", of(journal, "split"), "carried_over_fen"


def hold_answered_with_another_end(journal):
    journal.received("/charges", "A-3")["reply"]["expires_at"] = "2026-01-05T09:31:00+08:00"
    return "charge", of(journal, "held"), "expires_at"


def capture_acknowledged_that_is_none(journal):
    journal.received("/capture")["path"] = f"/v1/charges/{of(journal, 'held')}/capture"
    journal.received("/capture")["reply"] = {"charge_id": str(of(journal, "held")), "state": "captured", "captured_fen": 250}
    return "charge", of(journal, "held"), "state"


def capture_of_more_than_was_asked(journal):
    journal.received("/capture")["body"]["amount_fen"] = 240
    return "charge", of(journal, "part"), "captured_fen"


def void_acknowledged_that_is_none(journal):
    journal.received("/void").update(path=f"/v1/charges/{of(journal, 'held')}/void", reply={})
    journal.received("/void")["reply"] = {"state": "voided"}
    return "charge", of(journal, "held"), "state"


def refund_acknowledged_of_another_charge(journal):
    line = journal.received("/refunds")
    line["path"] = line["path"].replace(str(of(journal, "split")), str(of(journal, "paid")))
    return "charge_refund", journal.charges.refund_one, "charge_id"


def key_that_names_what_was_not_answered(journal):
    run(journal, "UPDATE idempotency_key SET object_id = %s WHERE key = 'charge A-1'", of(journal, "held"))
    return "idempotency_key", f"{journal.charges.provider_id}/create_charge/charge A-1", "object_id"


def key_that_was_not_kept(journal):
    run(journal, "DELETE FROM idempotency_key WHERE key = 'charge A-1'")
    return "idempotency_key", f"{journal.charges.provider_id}/create_charge/charge A-1", "key"


def number_that_names_what_was_not_answered(journal):
    run(journal, "UPDATE business_number SET object_id = %s WHERE number = 'A-1'", of(journal, "held"))
    return "business_number", f"{journal.charges.provider_id}/charge/A-1", "object_id"


def charged_twice_for_one_request(journal):
    """The same key again, as if it were forgotten: acknowledged both times."""
    charges = journal.charges
    again = charge(charges.account, charges.provider_id, 5, instant=INSTANT + hours(9), key="forgotten")
    assert statuses(create(charges.connection, again)) == ["created"]
    reply = journal.reply("charge", again.charge_id)
    journal.call("/v1/charges", "charge A-1", {"charge_no": again.charge_no}, reply, 201)
    charges.date_today()
    return "idempotency_key", f"{charges.provider_id}/create_charge/charge A-1", "object_id"


def charge_that_nobody_asked_for(journal):
    charges = journal.charges
    unasked = charge(charges.account, charges.provider_id, 5, instant=INSTANT + hours(9), charge_no="Z-1")
    assert statuses(create(charges.connection, unasked)) == ["created"]
    charges.date_today()
    return "charge", unasked.charge_id, "charge_no"


def capture_that_nobody_asked_for(journal):
    journal.lines = [line for line in journal.lines if not line.get("path", "").endswith("/capture")]
    return "charge", of(journal, "part"), "state"


def refund_that_nobody_asked_for(journal):
    journal.lines = [line for line in journal.lines if not line.get("path", "").endswith("/refunds")]
    return "charge_refund", journal.charges.refund_two, "refund_no"


def dry_run_with_an_effect(journal):
    journal.received("/charges", "A-1")["path"] += "?dry_run=true"
    return "charge", of(journal, "paid"), "charge_id"


def acknowledged_for_another_client(journal):
    journal.received("/charges", "A-1")["principal_id"] = str(journal.charges.other_provider_id)
    return "charge", of(journal, "paid"), "provider_id"


def acknowledged_without_an_id(journal):
    del journal.received("/charges", "A-1")["reply"]["charge_id"]
    return "journal", None, "reply"


def answer_of_another_region(journal):
    journal.received("/charges", "A-3")["reply"]["region_code"] = "440100"
    return "charge", of(journal, "held"), "pool_code"


PLANTED = [
    answer_of_another_region, acknowledged_charge_lost, acknowledged_refund_lost, answer_of_another_amount,
    request_of_another_amount, request_of_another_usage,
    answer_with_parts_that_were_others, hold_answered_with_another_end, capture_acknowledged_that_is_none,
    capture_of_more_than_was_asked, void_acknowledged_that_is_none, refund_acknowledged_of_another_charge,
    key_that_names_what_was_not_answered, key_that_was_not_kept, number_that_names_what_was_not_answered,
    charged_twice_for_one_request, charge_that_nobody_asked_for, capture_that_nobody_asked_for, refund_that_nobody_asked_for,
    dry_run_with_an_effect, acknowledged_for_another_client, acknowledged_without_an_id,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_planted(migrated, journal, plant):
    table, key, column = plant(journal)
    journal.write()
    assert_named(held(migrated, journal, "--only-journal"), plant.__name__, table, key, column)


def test_what_is_no_fault(migrated, journal):
    """Refusals, other paths, members that nobody knows, a line cut off, a hold that went on, a key that has gone by now."""
    charges = journal.charges
    journal.lines[0]["seed"] = 7
    journal.received("/charges", "A-4")["reply"].update(state="held", captured_fen=0, current_year_fen=0, carried_over_fen=0)
    line = journal.call("/v1/charges", "too-much", {"charge_no": "A-8"}, {"code": "insufficient_balance"}, 409)
    line["client"] = "till 3"
    journal.call("/v1/settlements", "settle-1", {}, {"settlement_id": "x"}, 201)
    journal.call("/v1/charges?dry_run=true", "only-asking", {"charge_no": "A-9"}, {"charge_id": str(uuid.uuid4()), "state": "held"}, 200)
    charges.connection.execute("UPDATE audit_event SET at = at - interval '8 days'")
    charges.connection.execute("DELETE FROM idempotency_key")
    journal.write(tail='{"event": "received", "principal')
    report = held(migrated, journal)
    assert report["faults"] == []
    assert report["totals"]["journal_not_judged"] == 1 and report["totals"]["journal_not_2xx"] == 1


@pytest.mark.parametrize("line", [
    "not json", "[]", '{"event": "sent"}', '{"event": "gone"}', '{"event": "begin", "version": 2}',
    '{"event": "begin", "version": 1, "complete_for": ["x"]}',
    json.dumps({"event": "received", "principal_id": str(uuid.uuid4()), "method": "POST", "path": "/v1/charges"}),
    "\x00", '"' + "x" * 70000,
])
def test_what_is_no_journal_is_refused(migrated, tmp_path, line):
    path = tmp_path / "client.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    result = migrated.run("audit", "--only-journal", "--journal", path)
    assert result.returncode == 2 and f"{path}:1: " in result.stderr and result.stdout == ""


def test_a_journal_that_is_not_there_is_no_success(migrated, tmp_path):
    assert migrated.run("audit", "--only-journal", "--journal", tmp_path / "none").returncode == 2
    assert migrated.run("audit", "--only-journal").returncode == 2
