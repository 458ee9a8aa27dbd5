"""Makes for the access matrix an object of each kind that a field of an operation may name."""
# SPDX-License-Identifier: Apache-2.0
import uuid

from tests.harness import (
    changes, charges, consenting, family, money, moving, pensioners, proposals, scans, settling, viewing,
    wallet_rows, withdrawing,
)
from tests.harness.operations import BY_NAME


def session(world, citizen):
    key, session_id = money.key_of(citizen.person_id), money.new_id(money.key_of(citizen.person_id))
    world.sql.execute(
        "INSERT INTO session (person_key, session_id, person_id, method, source, created_at, used_at, idle_at, expires_at)"
        " VALUES (%s, %s, %s, 'sms', sha256('x'), now(), now(), now() + interval '1 day', now() + interval '1 day')",
        [key, session_id, citizen.person_id],
    )
    return session_id


def job(world, citizen):
    create = BY_NAME["createImport"]
    operator = world.new_token("staff", roles=["operator"], regions=[world.pool_of(citizen)])
    params = {**create.required_query, "dry_run": "true"}
    made = world.api.request(create.method, create.path, by=operator, params=params, **create.sending())
    return made.json()["job_id"]


def interest_job(world, citizen):
    pool = world.pool_of(citizen)
    operator = world.new_token("staff", roles=["operator"], regions=[pool])
    body = {"region_code": pool, "year": 2025, "reason": "matrix"}
    return world.api.post("/v1/admin/interest-runs", by=operator, json=body).json()["job_id"]


def credit_policy(world, citizen):
    """A draft, of a plan that nobody is credited by."""
    policy = world.new_token("staff", roles=["policy"], regions=[world.pool_of(citizen)])
    body = {**BY_NAME["createCreditPolicy"].body, "region_code": world.pool_of(citizen), "plan_code": "matrix"}
    return world.api.post("/v1/admin/credit-policies", by=policy, json=body).json()["policy_id"]


def credit_run_job(world, citizen):
    pool = world.pool_of(citizen)
    operator = world.new_token("staff", roles=["operator"], regions=[pool])
    body = {"region_code": pool, "month": "2026-03", "reason": "matrix"}
    return world.api.post("/v1/admin/credit-runs", by=operator, params={"dry_run": "true"}, json=body).json()["job_id"]


def pensioner_credit(world, citizen):
    """Of somebody who was retired for as long as it took."""
    plan = pensioners.Plan(world.pool_of(citizen), {0: 1}).insert(world.sql)
    with world.sql.transaction():
        retired_on = pensioners.retirement(world.sql, citizen.person_id)
        pensioners.retire(world.sql, citizen.person_id, "2024-12-01")
        credit_id = pensioners.credit(world.sql, plan, pensioners.Pensioner(citizen.person_id, citizen.account_id,
                                                                            world.pool_of(citizen)), "2026-01")
        pensioners.retire(world.sql, citizen.person_id, retired_on)
    return credit_id


def credit_recomputation_job(world, citizen):
    pool = world.pool_of(citizen)
    operator = world.new_token("staff", roles=["operator"], regions=[pool])
    body = {"region_code": pool, "from_month": "2020-01", "to_month": "2020-02", "reason": "matrix"}
    return world.api.post("/v1/admin/credit-recomputations", by=operator, json=body).json()["job_id"]


def challenge(world, citizen):
    """Of a code that nobody knows."""
    challenge_id = uuid.uuid4()
    world.sql.execute(
        "INSERT INTO challenge (challenge_id, purpose, person_key, person_id, subject, target, source, code_hash, tries_left,"
        " created_at, expires_at) VALUES (%(id)s, 'step_up', %(key)s, %(person_id)s, sha256(%(id)s::text::bytea),"
        " sha256(%(id)s::text::bytea), sha256('x'), sha256('y'), 5, now(), now() + interval '5 minutes')",
        {"id": challenge_id, "key": money.key_of(citizen.person_id), "person_id": citizen.person_id},
    )
    return challenge_id


def charge(world, citizen):
    """Of an institution that is nobody in the matrix."""
    if not hasattr(world, "institution"):
        world.institution = world.new_token("client", client_kind="provider")
    return charges.charged(world.api, world.institution, citizen.account_id, 1)["charge_id"]


def family_member(world, citizen):
    """An invitation of a relative in the same pool; earlier ones end, so that the group is never full."""
    operator, path = world.demo.staff("operator"), f"/v1/accounts/{citizen.account_id}/family-members"
    for one in world.api.get(path, by=citizen, params={"open": "true"}).json()["data"]:
        what = "cancellation" if "cancel" in one["possible"] else "end"
        family.stepped(world.api, citizen, one["family_member_id"], what)
    relative = family.relative(world.api, operator, world.new_token, world.pool_of(citizen))
    return family.invited(world.api, citizen, relative, by=citizen)


def provider(world, citizen):
    made = world.new_client("provider", regions=[world.pool_of(citizen)])
    return world.new_token("client", subject_id=made["client_id"])


def settlement(world, citizen):
    """Of a day without anything, which agrees."""
    return settling.settle(world.api, settling.Day(world.sql, provider(world, citizen)))["settlement_id"]


def refund(world, citizen):
    """Of that charge."""
    charge_id = world.existing("charge_id", "target" if citizen == world.target else "stranger")
    return changes.refund(world.api, world.institution, charge_id).json()["refund_id"]


def view_grant(world, citizen):
    """To somebody who is nobody in the matrix; each is granted to another."""
    return viewing.granted(world.api, citizen, world.new_citizen())["view_grant_id"]


def withdrawal(world, citizen):
    """Applied for by staff; an earlier one of the account is cancelled."""
    operator = world.new_token("staff", roles=["operator"], regions=[world.pool_of(citizen)])
    for one in world.api.get(f"/v1/people/{citizen.person_id}/withdrawals", by=operator).json()["data"]:
        if one["state"] == "submitted":
            withdrawing.done(withdrawing.step(world.api, one["withdrawal_id"], "cancellation", operator))
    asked = withdrawing.apply(world.api, citizen.account_id, operator, reason="destination_not_connected", payee_name=citizen.name)
    return withdrawing.done(asked, 201)["withdrawal_id"]


def somebody_new(world, citizen):
    operator = world.new_token("staff", roles=["operator"], regions=["000000"])
    return wallet_rows.someone(world.api, operator, world.sql, world.pool_of(citizen))


def wallet_member(world, citizen):
    """Somebody new, with a wallet, with whom the citizen shares."""
    return wallet_rows.shared(world.sql, citizen, somebody_new(world, citizen))


def wallet_transfer(world, citizen):
    """To such a relative."""
    return wallet_rows.sent(world.sql, citizen, wallet_member(world, citizen))


def received_wallet_transfer(world, citizen):
    """From somebody new."""
    sender = somebody_new(world, citizen)
    return wallet_rows.sent(world.sql, sender, wallet_rows.shared(world.sql, sender, citizen))


def document(world, citizen):
    """Of a transfer to the other scheme, which is over."""
    pool = world.pool_of(citizen)
    transfer_id = scans.transfer(world.sql, citizen, from_pool=pool, to_pool=pool, to_scheme="resident")
    response = scans.hand_in(world.api, citizen, "transfer", transfer_id, scans.SAMPLES["png"])
    scans.cancel(world.sql, transfer_id, "transfer")
    assert response.status_code == 201, response.text
    return response.json()["document_id"]


def payout_file(world, citizen):
    """With somebody's withdrawal in the same pool."""
    pool = world.pool_of(citizen)
    operator = world.new_token("staff", roles=["operator"], regions=[pool])
    reviewers = [world.new_token("staff", roles=["reviewer"], regions=[pool]) for _ in range(2)]
    person = withdrawing.member(world.api, world.sql, operator, world.new_token, pool_code=pool)
    withdrawing.approved(world.api, world.sql, person.account_id, operator, reviewers)
    made = withdrawing.send(world.api, withdrawing.FILES, operator, {"pool_code": pool})
    return withdrawing.done(made, 201)["payout_file_id"]


# For each name of a field with an id: makes such an object that is the citizen's, or is managed where the citizen lives.
MAKERS = {
    "person_id": lambda world, citizen: citizen.person_id,
    "account_id": lambda world, citizen: citizen.account_id,
    "enrolment_id": lambda world, citizen: world.of_record(citizen, "enrolment", "enrolment_id"),
    "contribution_id": lambda world, citizen: world.of_record(citizen, "contribution", "contribution_id"),
    "entry_id": lambda world, citizen: world.of_record(citizen, "ledger_entry", "entry_id"),
    "proposal_id": lambda world, citizen: proposals.plant(world.sql, citizen.person_id),
    "charge_id": charge,
    "refund_id": refund,
    "withdrawal_id": withdrawal,
    "wallet_member_id": wallet_member,
    "wallet_transfer_id": wallet_transfer,
    "received_wallet_transfer_id": received_wallet_transfer,
    "payout_file_id": payout_file,
    "client_id": lambda world, citizen: world.new_client(regions=[world.pool_of(citizen)])["client_id"],
    "token_id": lambda world, citizen: world.new_token("client", client_regions=[world.pool_of(citizen)]).token_id,
    "session_id": session,
    "challenge_id": challenge,
    "job_id": job,
    "interest_job_id": interest_job,
    "credit_recomputation_job_id": credit_recomputation_job,
    "policy_id": credit_policy,
    "credit_run_job_id": credit_run_job,
    "provider_id": lambda world, citizen: provider(world, citizen).subject_id,
    "settlement_id": settlement,
    "credit_id": pensioner_credit,
    "transfer_id": lambda world, citizen: moving.over(world.sql, citizen, world.pool_of(citizen)),
    "document_id": document,
    "family_member_id": family_member,
    # Of a token: a client that has one.
    "subject_id": lambda world, citizen: world.new_token("client", client_regions=[world.pool_of(citizen)]).subject_id,
    "consent_request_id": lambda world, citizen: world.asked(citizen),
    "view_grant_id": view_grant,
    "consent_id": lambda world, citizen: consenting.grant(world.api, citizen, world.asked(citizen, world.allowed))["consent_id"],
}
