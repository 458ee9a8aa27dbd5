"""People with telephones who call the hotline, and the accounts they ask for."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import itertools

from tests.harness import entering, money
from tests.harness.pins import Pins

BALANCE = "/v1/hotline/balance"
CONTRIBUTIONS = "/v1/hotline/contributions"
PIN = "739204"
phones = itertools.count(13700000000)


class Caller:
    """Somebody with a telephone of their own."""

    def __init__(self, api, hotline, number, pin=PIN, person_id=None, phone=None):
        self.api, self.hotline, self.number, self.pin, self.person_id = api, hotline, number, pin, person_id
        self.phone = phone or str(next(phones))

    def call(self, path=BALANCE, by=None, language="zh", **changes):
        sent = {"Caller-Number": self.number, "Caller-Pin": self.pin, "Caller-Phone": self.phone,
                "Accept-Language": language, **changes}
        return self.api.get(path, by=by or self.hotline, headers={k: v for k, v in sent.items() if v is not None})


def callers_of(api, hotline, operator, owner, master_key_file):
    """A function that makes somebody new in Tianshui with a PIN: new_caller(card_number=…). `owner` is the database's."""
    pins = Pins(owner, master_key_file)

    def make(pin=PIN, log2_n=10, **changes):
        person = entering.new_person(**changes)
        person_id = api.post(entering.PEOPLE, by=operator, json=person).json()["person_id"]
        if pin:
            pins.set(person_id, pin, log2_n)
        return Caller(api, hotline, person["citizen_number"], pin or PIN, person_id)

    return make


def enrol(sql, person_id, pool, scheme="employee", account_mode="with_account", status="active"):
    key = money.key_of(person_id)
    ended = "2020-12-31" if status == "ended" else None
    sql.execute(
        "INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on,"
        " ended_on) VALUES (%s, %s, %s, %s, %s, %s, 'self', '2020-01-01', %s)",
        [key, money.new_id(key), pool, scheme, status, account_mode, ended],
    )


def open_account(sql, person_id, pool, status="active", balance_fen=0, day=1):
    key = money.key_of(person_id)
    account_id = money.new_id(key)
    opened_at = datetime.datetime(2020, 1, day, tzinfo=money.UTC)
    sql.execute(
        "INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)"
        " VALUES (%s, %s, %s, %s, 'active', %s)",
        [key, account_id, person_id, pool, opened_at],
    )
    if balance_fen:
        money.post(sql, account_id, [money.adjust(balance_fen)])
    sql.execute("UPDATE account SET status = %s WHERE person_key = %s AND account_id = %s", [status, key, account_id])
    return account_id
