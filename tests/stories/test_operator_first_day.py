"""Story: an operator's first day, from the directory over an import to a corrected record, four eyes all the way."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness.entering import CARD, EMPLOYER, create, fresh_card, fresh_number
from tests.harness.problems import check_problem
from tests.harness.server import wait_until

POOL = "620900"
WINDOW = {"name": "酒泉市经办窗口", "can_do": ["查询余额"], "hotline": "0937-12393", "opening_hours": "工作日 9:00-17:00"}
COLUMNS = "citizen_number,pool_code,scheme,period,kind,source_document,base_yuan,personal_yuan,employer_yuan,employer_code"


class Agency:
    """Its people, each with a token of their own, and what they do all the time."""

    def __init__(self, api, new_token):
        self.api = api
        roles = ("operator", "reviewer", "policy", "auditor")
        self.staff = {role: new_token("staff", roles=[role], regions=[POOL]) for role in roles}
        self.operator = self.staff["operator"]

    def get(self, path, by="operator", **params):
        response = self.api.get(path, by=self.staff[by], params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path, body, status=201):
        response = self.api.post(path, by=self.operator, json=body)
        assert response.status_code == status, response.text
        return response.json()

    def approve(self, proposal_id):
        url = f"/v1/admin/proposals/{proposal_id}/approve"
        check_problem(self.api.post(url, by=self.operator), 403, "forbidden")
        response = self.api.post(url, by=self.staff["reviewer"])
        assert response.status_code == 200, response.text

    def find(self, **number):
        return self.post("/v1/admin/people/search", number, 200)["data"]

    def import_contributions(self, rows):
        text = "\n".join([COLUMNS, *rows]) + "\n"
        accepted = self.api.post(
            "/v1/admin/imports", by=self.operator, params={"kind": "contributions", "reason": "一季度缴费"},
            content=text.encode(), headers={"Content-Type": "text/csv"},
        )  # fmt: skip
        assert accepted.status_code == 202, accepted.text
        job_id = accepted.json()["job_id"]
        waiting = self.wait(job_id, "awaiting_approval")
        self.approve(waiting["proposal_id"])
        return self.wait(job_id, "done")

    def wait(self, job_id, state):
        def job():
            shown = self.get(f"/v1/admin/jobs/{job_id}")
            assert shown["state"] in ("waiting", "running", "awaiting_approval", state), shown
            return shown if shown["state"] == state else None

        return wait_until(job, f"job in state {state}")


@pytest.fixture(scope="module")
def agency(api, new_token):
    return Agency(api, new_token)


def test_from_the_directory_to_a_corrected_record(agency, api, demo):
    # Where people turn to
    url = f"/v1/admin/pools/{POOL}/channels/query/first_day_window"
    assert api.put(url, by=agency.staff["policy"], json=WINDOW).status_code in (200, 201)
    shown = api.get(f"/v1/regions/{POOL}/channels", params={"kind": "query"}).json()["data"]
    assert WINDOW["name"] in {row["name"] for row in shown}

    # Somebody comes to the window: nobody knows them yet, so they are entered, with a slip of the pen in the number
    wrong, right, card = fresh_number(), fresh_number(), fresh_card()
    assert agency.find(citizen_number=right) == agency.find(card_number=card) == []
    made = create(api, agency.operator, citizen_number=wrong, card_number=card, bank_card=CARD, pool_code=POOL).json()
    person_id = made["person_id"]
    agency.post(f"/v1/admin/people/{person_id}/enrolments", {
        "pool_code": POOL, "scheme": "employee", "account_mode": "with_account", "payer_kind": "employer",
        "employer_code": EMPLOYER, "started_on": "2025-11-01",
    })  # fmt: skip
    (account,) = agency.get(f"/v1/people/{person_id}/accounts")["data"]

    # Their employer's file of the first months of the year
    row = "{},{},employee,2026-{:02d},regular,FD-2026-{:02d},8000.00,160.00,640.00,{}"
    months = [row.format(wrong, POOL, month, month, EMPLOYER) for month in (1, 2, 3)]
    assert agency.import_contributions(months)["result"]["stored"] == 3
    assert agency.get(f"/v1/accounts/{account['account_id']}/balance")["balance_fen"] == 48000
    entries = agency.get(f"/v1/accounts/{account['account_id']}/entries")["data"]
    assert [entry["balance_after_fen"] for entry in entries] == [48000, 32000, 16000]

    # The slip is found, proposed to be put right, and approved by somebody else
    body = {"citizen_number": right, "reason": "建档时号码录错", "source_document": "FD-C-1"}
    agency.approve(agency.post(f"/v1/admin/people/{person_id}/corrections", body)["proposal_id"])
    for number in ({"citizen_number": right}, {"card_number": card}):
        (found,) = agency.find(**number)
        assert (found["person_id"], found["citizen_number_masked"]) == (person_id, right[:6] + "********" + right[-4:])
    assert agency.get(f"/v1/accounts/{account['account_id']}/balance")["balance_fen"] == 48000

    # An older record of the same person turns up, and both become one
    record = agency.get(f"/v1/people/{person_id}")
    older = create(
        api, agency.operator, certificate_kind="passport", citizen_number=None, certificate_number=fresh_card(),
        birth_date=record["birth_date"], sex=record["sex"], pool_code=POOL,
    ).json()["person_id"]  # fmt: skip
    body = {"duplicate_person_id": older, "reason": "同一人两次建档"}
    agency.approve(agency.post(f"/v1/admin/people/{person_id}/merge-proposals", body)["proposal_id"])
    assert agency.get(f"/v1/people/{older}")["current_person_id"] == person_id

    # March was reported twice over: it is taken back by an entry of its own
    newest = agency.get(f"/v1/people/{person_id}/contributions", limit=1)["data"][0]
    url = f"/v1/admin/people/{person_id}/contributions/{newest['contribution_id']}/reversal-proposals"
    agency.approve(agency.post(url, {"reason": "单位重复申报", "source_document": "FD-R-1"})["proposal_id"])
    entry = agency.get(f"/v1/accounts/{account['account_id']}/entries", limit=1)["data"][0]
    assert (entry["kind"], entry["balance_after_fen"]) == ("contribution_reversal", 32000)
    assert entry["linked_entry_id"] == entries[0]["entry_id"]

    # All of it can be read by the auditor, and by nobody of another place
    events = agency.get("/v1/admin/audit-events", "auditor", person_id=person_id, limit=100)["data"]
    proposals = {"propose_correction", "propose_merge", "propose_reversal", "approve_proposal"}
    assert {"create_person", "create_enrolment", *proposals} <= {row["action"] for row in events}
    stranger = demo.citizen("moved")
    check_problem(api.get(f"/v1/people/{person_id}", by=stranger), 404, "not_found")
