"""A provider's charges in every state, with refunds, for the auditor: made through the program's own functions."""
# SPDX-License-Identifier: Apache-2.0
import datetime

from tests.db.charging import add_provider, capture, change, charge, create, expire, hold, hours, refund, statuses, void
from tests.db.posting import INSTANT

A_YEAR_LATER = datetime.timedelta(days=400)


class Charges:
    """Of one account: charged at once from one part and from both, refunded twice; held; captured in part and whole; voided; expired."""

    def __init__(self, connection, account):
        self.connection, self.account = connection, account
        self.provider_id, self.other_provider_id = add_provider(connection), add_provider(connection)
        current_fen = account.row(connection)[0]
        self.paid = self.charge("A-1", current_fen - 2000)
        self.split = self.charge("A-2", 2000 + 700)
        self.held = self.hold("A-3", 300)
        self.part = self.hold("A-4", 400)
        self.whole = self.hold("A-5", 150)
        self.voided = self.hold("A-6", 50)
        self.expired = self.hold("A-7", 60, lasts=hours(2))
        self.done(capture, "captured", change(self.part, 250, key="capture A-4"))
        self.done(capture, "captured", change(self.whole, key="capture A-5"))
        self.done(void, "voided", change(self.voided, key="void A-6"))
        assert expire(connection, INSTANT + hours(3)) == 1
        self.refund_one = self.refund(self.split, 700 + 500, hours(4), "R-1")
        self.refund_two = self.refund(self.split, 100, A_YEAR_LATER, "R-2")
        self.date_today()

    def done(self, function, status, request):
        answers = function(self.connection, request)
        assert statuses(answers) == [status], answers
        return request

    def charge(self, number, fen, **fields):
        return self.done(create, "created", charge(
            self.account, self.provider_id, fen, charge_no=number, key=f"charge {number}", item="阿司匹林", **fields))

    def hold(self, number, fen, **fields):
        return self.done(create, "created", hold(
            self.account, self.provider_id, fen, charge_no=number, key=f"charge {number}", **fields))

    def refund(self, of, fen, after, number):
        """The refund's id."""
        return self.done(refund, "created", change(of, fen, after=after, refund_no=number, key=f"refund {number}")).refund_id

    def date_today(self):
        """What was answered was answered just now: keys are missed only as long as they are kept."""
        self.connection.execute("UPDATE audit_event SET at = now()")
        self.connection.execute("UPDATE idempotency_key SET created_at = now()")
