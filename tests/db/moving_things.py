"""Enrolments, transfers and withdrawals as the model of moving has them, and the steps that they may take."""
# SPDX-License-Identifier: Apache-2.0
import datetime
from dataclasses import dataclass, field

from tests.db.sharing_things import Account

UNCONNECTED = "540000"
NONE_LEFT = (0, 0)
NEXT = {  # {state: {(desk, decision): (event, state then)}}
    "transfer": {
        "submitted": {("out", "approve"): ("check_out", "checked_out"), ("in", "approve"): ("check_in", "checked_in"),
                      ("out", "refuse"): ("refuse", "rejected"), ("in", "refuse"): ("refuse", "rejected")},
        "checked_out": {("in", "approve"): ("check_in", "out_review"), ("in", "refuse"): ("refuse", "rejected")},
        "checked_in": {("out", "approve"): ("check_out", "out_review"), ("out", "refuse"): ("refuse", "rejected")},
        "out_review": {("out", "approve"): ("move_out", "in_review"), ("out", "refuse"): ("refuse", "rejected")},
        "in_review": {("in", "approve"): ("take_in", "completed"), ("in", "refuse"): ("refuse", "rejected")}},
    "transfer_payout": {
        "submitted": {("out", "approve"): ("check_out", "out_review"), ("out", "refuse"): ("refuse", "rejected")},
        "out_review": {("out", "approve"): ("move_out", "paying"), ("out", "refuse"): ("refuse", "rejected")}}}
STEPS = {"submitted": {"review": "reviewed", "refuse": "rejected", "cancel": "cancelled"},
         "reviewed": {"approve": "approved", "refuse": "rejected", "cancel": "cancelled"},
         "approved": {"pay_at_window": "paid", "cancel": "cancelled", "instruct": "instructed"},
         "instructed": {"confirm": "paid", "bounce": "bounced"},
         "bounced": {"change_bank_account": "approved", "give_up": "returned"}}
OVER = {"completed", "rejected", "cancelled", "paid", "returned"}


@dataclass
class Enrolment:
    pool: str
    scheme: str = "employee"
    status: str = "active"
    started_on: datetime.date = datetime.date(2015, 1, 1)
    ended_on: datetime.date | None = None
    retired_on: datetime.date | None = None
    account_mode: str | None = None

    def __post_init__(self):
        self.account_mode = self.account_mode or ("with_account" if self.scheme == "employee" else "pooled_only")


def money_of(way, account, to_scheme, new):
    if account is None:
        return "none"
    if way == "payout":
        return "paid_out"
    is_pooled = to_scheme == "resident" or (new is not None and new.account_mode == "pooled_only")
    return "stays" if way != "cross_province" or is_pooled else "moves"


@dataclass
class Transfer:
    person: object
    old: Enrolment
    old_status: str
    account: Account | None
    to_pool: str
    to_scheme: str
    way: str
    new: Enrolment | None = None
    state: str = "submitted"
    gone: tuple = NONE_LEFT
    gone_on: datetime.date | None = None
    moves_on: datetime.date | None = None
    account_was: str | None = None
    has_documents: bool = False
    decided: dict = field(default_factory=dict)

    @property
    def machine(self):
        return "transfer_payout" if self.way == "payout" else "transfer"

    def money(self, new):
        """What becomes of it, where somebody goes to an enrolment."""
        return money_of(self.way, self.account, self.to_scheme, new)


@dataclass
class Withdrawal:
    account: Account
    reason: str
    applicant: object
    state: str = "submitted"
    gone: tuple = NONE_LEFT
    gone_on: datetime.date | None = None
    account_was: str | None = None
    transfer: Transfer | None = None
    reviewer: object = None
    has_documents: bool = False
