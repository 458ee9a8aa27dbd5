"""What the matrix of access must know of an operation beyond openapi.yaml: a body that fits, and what may come."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import uuid
from collections.abc import Callable

from tests.harness import charges, family
from tests.harness.consenting import in_days

POOLS_OF_PROVINCES = {"440000": "440100", "350000": "350100", "620000": "620500", "000000": "620500"}


def example(operation, principal):
    """The contract's, with a name of its own, and for regions those of whoever sends it."""
    body = dict(operation.body)
    body.pop("expires_at", None)  # an example's instant passes
    if "name" in body:
        body["name"] = f"matrix {uuid.uuid4()}"
    if "reference" in body:
        body["reference"] = uuid.uuid4().hex
    if "regions" in body and principal and principal.regions:
        body["regions"] = list(principal.regions)
    return body


@dataclasses.dataclass(frozen=True)
class Case:
    """`inside` and `outside`: the statuses for somebody whose regions do and do not cover the target."""

    body: Callable = example
    inside: frozenset = None  # the successful ones of the contract
    outside: frozenset = frozenset({404})
    is_bound: bool = None  # whether regions count; None: when the path names something
    path: dict = dataclasses.field(default_factory=dict)
    query: dict = dataclasses.field(default_factory=dict)
    ids: dict = dataclasses.field(default_factory=dict)  # {field: kind of its ids}, where the name does not say
    sent: frozenset = frozenset()  # fields outside the path that are sent even where another one is looked at
    reaches_all: bool = False  # by clients: theirs of the matrix are of the whole nation
    no_secret: frozenset = frozenset()  # fields whose ids are nobody's


def own_pool(principal):
    """A pool that the principal's regions cover, so that nothing but the person is out of reach."""
    region = principal.regions[-1] if principal and principal.regions else "620500"
    return POOLS_OF_PROVINCES.get(region, region)


def enrolment(operation, principal):
    return {**operation.body, "pool_code": own_pool(principal)}


def nothing_new(**values):
    """What is so already: refused for who may see it, and nothing is left open."""
    return Case(body=lambda operation, principal: {**values, "reason": "matrix"}, inside=frozenset({409}))


def until_tomorrow(operation, principal):
    return {**operation.body, "expires_at": in_days(1)}


def wallet_transfer(operation, principal):
    """Without the relative, who is one of the ids."""
    return {"amount_fen": 1}


def charge(operation, principal):
    """Without the account, which is one of the ids."""
    return charges.body(amount_fen=1)


def withdrawal(operation, principal):
    """Without the account, which is one of the ids; nobody has that name."""
    return {"reason": "emigration", "bank_card": "6222021234567890128", "payee_name": "无名氏"}


DEFAULT = Case()
MATRIX_CHANNEL = {"channel_code": "matrix"}
CASES = {
    "createCharge": Case(body=charge, sent=frozenset({"account_id"}), reaches_all=True),
    "createWithdrawal": Case(body=withdrawal, is_bound=True, inside=frozenset({201, 409}), sent=frozenset({"account_id"})),
    "changeWithdrawalBankAccount": Case(inside=frozenset({409})),
    "returnWithdrawal": Case(inside=frozenset({409})),
    "payWithdrawalAtWindow": Case(inside=frozenset({409})),
    "cancelWithdrawal": Case(inside=frozenset({200, 409})),
    "createWalletTransfer": Case(
        body=wallet_transfer, query={"dry_run": "true"}, inside=frozenset({201, 409}), sent=frozenset({"family_member_id"}),
        ids={"family_member_id": "wallet_member_id"}),
    "openWallet": Case(inside=frozenset({201, 409})),
    "acceptWalletTransfer": Case(ids={"wallet_transfer_id": "received_wallet_transfer_id"}),
    "declineWalletTransfer": Case(ids={"wallet_transfer_id": "received_wallet_transfer_id"}),
    "createPayoutFile": Case(query={"dry_run": "true"}, inside=frozenset({201, 409}), outside=frozenset({400}), is_bound=True),
    "createImport": Case(query={"dry_run": "true"}),
    # The number is nobody's, and citizens who try too many wait.
    "createFamilyMember": Case(body=lambda operation, principal: family.body(family.NOBODY), inside=frozenset({409, 429})),
    # Of an invitation that the target has made: staff may answer for the relative, and the target may not.
    "acceptFamilyMember": Case(inside=frozenset({200, 403})),
    "refuseFamilyMember": Case(inside=frozenset({200, 403})),
    "setFamilyLimits": Case(inside=frozenset({409})),
    "endFamilyMember": Case(inside=frozenset({409})),
    "moveTestClock": Case(body=lambda operation, principal: {"advance_s": 0}),  # which moves nobody's
    "cancelJob": Case(inside=frozenset({204, 409})),
    "createToken": Case(
        body=lambda operation, principal: {"kind": "client", "label": "matrix"},
        sent=frozenset({"subject_id"}), is_bound=True, outside=frozenset({400}),
    ),
    "createPerson": Case(inside=frozenset({201, 409}), outside=frozenset({400}), is_bound=True),
    "listEmployers": Case(is_bound=False),
    "getEmployer": Case(inside=frozenset({200, 404}), is_bound=False),
    "putEmployer": Case(is_bound=False),
    "getChannel": Case(inside=frozenset({200, 404}), path=MATRIX_CHANNEL),
    "putChannel": Case(path=MATRIX_CHANNEL),
    "deleteChannel": Case(inside=frozenset({204, 404}), path=MATRIX_CHANNEL),
    # What staff of the auditor's own region have tried stands there, under whatever id they tried.
    "listAuditEvents": Case(is_bound=True, outside=frozenset({200}), no_secret=frozenset({"actor_id", "person_id"})),
    # The relative is invited, and has not answered.
    "createViewGrant": Case(body=lambda operation, principal: {"scope": "balance"}, inside=frozenset({409}),
                            sent=frozenset({"family_member_id"})),
    "grantConsentRequest": Case(body=until_tomorrow),
    # The number and PIN of the example are nobody's, and what is tried too often waits.
    "getHotlineBalance": Case(inside=frozenset({403, 429})),
    "getHotlineContributions": Case(inside=frozenset({403, 429})),
    "createEnrolment": Case(body=enrolment, inside=frozenset({409})),
    "proposeCorrection": nothing_new(clear=["deceased_on"]),
    "proposeEnrolmentCorrection": nothing_new(status="active"),
    "proposeAccountStatus": nothing_new(status="active"),
    "proposeAccountInterest": Case(inside=frozenset({201, 409})),
    "createInterestRun": Case(outside=frozenset({400}), is_bound=True),
    "createCreditPolicy": Case(outside=frozenset({400}), is_bound=True),
    "submitCreditPolicy": Case(inside=frozenset({201, 409})),
    # Transfers of the matrix are over.
    "createTransferDocument": Case(inside=frozenset({409})),
    "removeDocument": Case(inside=frozenset({409})),
    "getInterestRun": Case(ids={"job_id": "interest_job_id"}),
    "listInterestRunPools": Case(ids={"job_id": "interest_job_id"}),
    "createCreditRun": Case(query={"dry_run": "true"}, outside=frozenset({400}), is_bound=True),
    "getCreditRun": Case(ids={"job_id": "credit_run_job_id"}),
    "listCreditRunPools": Case(ids={"job_id": "credit_run_job_id"}),
    "createCreditRecomputation": Case(outside=frozenset({400}), is_bound=True),
    "getCreditRecomputation": Case(ids={"job_id": "credit_recomputation_job_id"}),
    "listCreditDifferences": Case(ids={"job_id": "credit_recomputation_job_id"}),
    "proposeAdjustment": Case(query={"dry_run": "true"}, ids={"linked_entry_id": "entry_id"}),
    "createTransfer": Case(body=lambda operation, principal: {"to_pool_code": "330100"}, query={"dry_run": "true"},
                           sent=frozenset({"person_id"}), is_bound=True),
    "cancelTransfer": Case(inside=frozenset({409})),  # it is over already
    "decideTransfer": Case(inside=frozenset({409})),  # it is over already
    "proposeReversal": Case(inside=frozenset({201, 409})),
    # The duplicate is nobody's record.
    "proposeMerge": Case(inside=frozenset({400}), ids={"duplicate_person_id": "person_id"}),
    # The proposal is of somebody else, about nothing that is there.
    "getProposal": Case(is_bound=True),
    "approveProposal": Case(is_bound=True, inside=frozenset({409})),
    "rejectProposal": Case(is_bound=True),
    "withdrawProposal": Case(is_bound=True, inside=frozenset({403})),
    # Signing in: the examples' numbers, codes and tokens are nobody's, and what is tried too often waits.
    "beginRegistration": Case(inside=frozenset({202, 429})),
    "confirmRegistration": Case(body=lambda operation, principal: {"code": "000000"}, inside=frozenset({401})),
    "sendSignInCode": Case(inside=frozenset({202, 429})),
    "signInWithCode": Case(inside=frozenset({401})),
    "signInWithPassword": Case(inside=frozenset({401, 429})),
    "refreshSession": Case(inside=frozenset({401})),
    "sendMyCode": Case(inside=frozenset({202, 429})),
    "setMyPassword": Case(inside=frozenset({401, 429})),
    "setMyPin": Case(inside=frozenset({401, 429})),
}
