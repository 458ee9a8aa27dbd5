"""People entered, found, shown and enrolled by staff over HTTP."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import uuid

import pytest
from tests.harness import money
from tests.harness.entering import CARD, PEOPLE, create, events, fresh_card, fresh_number
from tests.harness.problems import check_problem, faults, without_request_id
from tests.harness.proposals import plant_approved
from tools.demo_data import citizen_number

SEARCH = "/v1/admin/people/search"


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["620500"])


@pytest.fixture(scope="module")
def elsewhere(new_token):
    return new_token("staff", roles=["operator"], regions=["440100"])


class TestCreating:
    def test_a_person_is_made_and_found(self, api, operator, sql):
        number, card = fresh_number(), fresh_card()
        response = create(
            api, operator, citizen_number=number, phone="13812345678", bank_card=CARD, card_number=card.lower()
        )
        made = response.json()
        assert response.headers["location"] == f"/v1/people/{made['person_id']}"
        assert api.get(response.headers["location"], by=operator).json() == made
        assert (made["name_masked"], made["phone_masked"], made["bank_card_masked"]) == ("钱*", "138****5678", CARD[-4:])
        assert made["citizen_number_masked"] == number[:6] + "********" + number[-4:]
        assert (made["birth_date"], made["pool_code"]) == ("1990-03-04", "620500")
        assert made["sex"] == ("male" if int(number[16]) % 2 else "female")
        assert (made["deceased_on"], made["current_person_id"]) == (None, None)
        for body in ({"citizen_number": number}, {"card_number": card}, {"card_number": card.lower()}):
            (found,) = api.post(SEARCH, by=operator, json=body).json()["data"]
            assert found["person_id"] == made["person_id"] and found["pool_codes"] == ["620500"]
        ((action, key, detail, pool),) = events(sql, response)
        assert (action, key, pool) == ("create_person", money.key_of(made["person_id"]), "620500")
        assert detail == {"outcome": "created", "certificate_kind": "citizen_number"}

    def test_nothing_plain_is_stored(self, api, operator, sql):
        number, phone = fresh_number(), "13712312312"
        made = create(api, operator, citizen_number=number, name="诸葛不亮", phone=phone).json()
        key = money.key_of(made["person_id"])
        (row,) = sql.execute("SELECT person::text FROM person WHERE person_key = %s", [key]).fetchone()
        assert not any(plain in row or plain.encode().hex() in row for plain in (number, phone, "诸葛不亮"))

    def test_the_agency_sees_the_person_before_any_enrolment_and_nobody_else_does(self, api, operator, elsewhere, demo):
        made = create(api, operator).json()
        url = f"/v1/people/{made['person_id']}"
        assert api.get(f"{url}/enrolments", by=operator).json() == {"data": []}
        missing = api.get(f"/v1/people/{uuid.uuid4()}", by=elsewhere)
        for by in (elsewhere, demo.employee):
            assert without_request_id(api.get(url, by=by)) == without_request_id(missing)

    @pytest.mark.parametrize("spelling", [str, str.lower])
    def test_the_same_number_again(self, api, operator, new_token, sql, spelling):
        number = next(n for n in iter(fresh_number, None) if n.endswith("X"))
        made = create(api, operator, citizen_number=number).json()
        other = new_token("staff", roles=["operator"], regions=["000000"])
        again = create(api, other, 409, citizen_number=spelling(number), name="孙小明", pool_code="110000")
        check_problem(again, 409, "already_exists")
        ((_, key, detail, _),) = events(sql, again)
        assert (key, detail["outcome"]) == (money.key_of(made["person_id"]), "already_exists")
        assert api.get(f"/v1/people/{made['person_id']}", by=operator).json() == made

    def test_the_old_form_of_a_number_is_the_same_person(self, api, operator):
        number = fresh_number(1960)
        old = number[:6] + number[8:17]
        made = create(api, operator, citizen_number=old).json()
        check_problem(create(api, operator, 409, citizen_number=number), 409, "already_exists")
        for text in (old, number):
            (found,) = api.post(SEARCH, by=operator, json={"citizen_number": text}).json()["data"]
            assert (found["person_id"], found["birth_year"]) == (made["person_id"], 1960)

    def test_somebody_elses_card(self, api, operator):
        card, number = fresh_card(), fresh_number()
        create(api, operator, card_number=card)
        check_problem(create(api, operator, 409, citizen_number=number, card_number=card), 409, "already_exists")
        create(api, operator, citizen_number=number)

    def test_other_certificates(self, api, operator, elsewhere):
        passport = fresh_card()
        body = {"citizen_number": None, "certificate_number": passport.lower(), "birth_date": "1980-02-29", "sex": "female"}
        made = create(api, operator, certificate_kind="passport", **body).json()
        assert (made["birth_date"], made["sex"], made["certificate_kind"]) == ("1980-02-29", "female", "passport")
        assert passport[:6] not in str(made) and made["citizen_number_masked"].endswith(passport[-2:])
        check_problem(create(api, operator, 409, certificate_kind="passport", **body), 409, "already_exists")
        create(api, operator, certificate_kind="hkmt_permit", **body)
        search = {"certificate_kind": "passport", "certificate_number": passport}
        (found,) = api.post(SEARCH, by=operator, json=search).json()["data"]
        assert found["person_id"] == made["person_id"]
        assert api.post(SEARCH, by=elsewhere, json=search).json()["data"] == []

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"citizen_number": "11010519491231002A"}, {"/body/citizen_number": "malformed"}),
            ({"citizen_number": "110105194912310021"}, {"/body/citizen_number": "malformed"}),
            ({"citizen_number": "110105194902310020"}, {"/body/citizen_number": "malformed"}),
            ({"citizen_number": citizen_number("110105", datetime.date(2090, 1, 1), 1)}, {"/body/citizen_number": "malformed"}),
            ({"citizen_number": None}, {"/body/citizen_number": "required"}),
            ({"birth_date": "1990-01-01", "sex": "male"}, {"/body/birth_date": "not_allowed", "/body/sex": "not_allowed"}),
            ({"certificate_kind": "passport"}, {
                "/body/citizen_number": "not_allowed", "/body/certificate_number": "required",
                "/body/birth_date": "required", "/body/sex": "required"}),
            ({"name": " 张三"}, {"/body/name": "malformed"}),
            ({"name": "张\u200b三"}, {"/body/name": "malformed"}),
            ({"name": "长" * 67}, {"/body/name": "too_long"}),
            ({"pool_code": "440100"}, {"/body/pool_code": "not_allowed"}),
            ({"citizen_number": "1", "name": "　", "phone": "+86 138", "card_number": "12-34", "bank_card": CARD[:-1] + "0",
              "pool_code": "110000"},
             {"/body/citizen_number": "malformed", "/body/name": "malformed", "/body/phone": "malformed",
              "/body/card_number": "malformed", "/body/bank_card": "malformed", "/body/pool_code": "not_allowed"}),
        ],
    )  # fmt: skip
    def test_all_faults_at_once(self, api, operator, changes, wrong):
        response = create(api, operator, 400, **changes)
        check_problem(response, 400, "validation_failed")
        assert faults(response) == wrong
        assert not any(text in response.text for text in changes.values() if text and len(text) > 6 and text != "passport")

    def test_a_region_that_is_no_pool(self, api, demo):
        response = create(api, demo.staff("operator"), 400, pool_code="620502")
        assert faults(response) == {"/body/pool_code": "unknown"}


class TestSearching:
    def test_nobody_is_recorded_too(self, api, operator, sql):
        response = api.post(SEARCH, by=operator, json={"citizen_number": fresh_number()})
        assert response.json() == {"data": []}
        assert events(sql, response) == [("search_people", None, {"by": "citizen_number", "found": False}, None)]

    def test_somebody_elsewhere_looks_like_nobody(self, api, operator, elsewhere, sql):
        number = fresh_number()
        made = create(api, operator, citizen_number=number).json()
        nobody = api.post(SEARCH, by=elsewhere, json={"citizen_number": fresh_number()})
        foreign = api.post(SEARCH, by=elsewhere, json={"citizen_number": number})
        assert without_request_id_of(foreign) == without_request_id_of(nobody)
        assert [row[1] for row in events(sql, foreign)] == [None]
        found = api.post(SEARCH, by=operator, json={"citizen_number": number})
        assert [row[1] for row in events(sql, found)] == [money.key_of(made["person_id"])]

    def test_only_pools_in_reach_are_named(self, api, demo, sql, new_token):
        """Found by the reader of one of two provinces, who learns nothing of the other."""
        mover = demo.citizen("moved")
        key = money.key_of(mover.person_id)
        pools = sorted(code for (code,) in sql.execute("SELECT DISTINCT pool_code FROM enrolment WHERE person_key = %s", [key]))
        number = api.post(f"/v1/people/{mover.person_id}/disclosures", by=demo.staff("operator"),
                          json={"fields": ["citizen_number"], "purpose": "identity_check"}).json()["citizen_number"]
        for reader, seen in ((["000000"], pools), ([pools[0]], pools[:1]), (["230000"], None)):
            by = new_token("staff", roles=["auditor"], regions=reader)
            data = api.post(SEARCH, by=by, json={"citizen_number": number}).json()["data"]
            assert [person["pool_codes"] for person in data] == ([seen] if seen else [])

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            ({}, {"/body/citizen_number": "required"}),
            ({"citizen_number": "11010519491231002X", "card_number": "ABC123"}, {"/body/card_number": "not_allowed"}),
            ({"citizen_number": "11010519491231002"}, {"/body/citizen_number": "malformed"}),
            ({"card_number": "1"}, {"/body/card_number": "malformed"}),
            ({"certificate_number": "E1234567"}, {"/body/certificate_kind": "required"}),
            ({"certificate_number": "E1234567", "certificate_kind": "citizen_number"}, {"/body/certificate_kind": "not_allowed"}),
            ({"card_number": "ABC123", "certificate_kind": "passport"}, {"/body/certificate_kind": "not_allowed"}),
        ],
    )  # fmt: skip
    def test_exactly_one_number(self, api, operator, body, wrong):
        response = api.post(SEARCH, by=operator, json=body)
        check_problem(response, 400, "validation_failed")
        assert faults(response) == wrong

    def test_a_number_in_the_address_is_refused(self, api, operator):
        response = api.post(SEARCH, by=operator, params={"citizen_number": "1"}, json={"card_number": "ABC123"})
        check_problem(response, 400, "validation_failed")


def without_request_id_of(response):
    return response.status_code, response.json(), response.headers["content-length"]


class TestDisclosing:
    FIELDS = ["citizen_number", "name", "phone", "bank_card"]

    def test_in_full_with_a_purpose_that_is_kept(self, api, operator, sql):
        number = fresh_number()
        person_id = create(api, operator, citizen_number=number, phone="13812345678").json()["person_id"]
        url = f"/v1/people/{person_id}/disclosures"
        body = {"fields": self.FIELDS, "purpose": "complaint", "note": "第三号投诉"}
        response = api.post(url, by=operator, json=body)
        shown = response.json()
        assert response.status_code == 201 and response.headers["cache-control"] == "no-store"
        assert [shown[name] for name in self.FIELDS] == [number, "钱多多", "13812345678", None]
        ((action, key, detail, _),) = events(sql, response)
        assert (action, key) == ("create_disclosure", money.key_of(person_id))
        assert detail == {"fields": self.FIELDS, "purpose": "complaint", "note": "第三号投诉", "found": True}
        (event_id,) = sql.execute(
            "SELECT event_id::text FROM audit_event WHERE request_id = %s", [response.headers["x-request-id"]]
        ).fetchone()
        assert event_id == shown["disclosure_id"]

    def test_only_what_was_asked_for(self, api, operator):
        person_id = create(api, operator, phone="13812345678").json()["person_id"]
        body = {"fields": ["phone"], "purpose": "contact"}
        shown = api.post(f"/v1/people/{person_id}/disclosures", by=operator, json=body).json()
        assert shown.keys() == {"disclosure_id", "person_id", "phone"}

    def test_foreign_and_absent_are_alike_and_recorded(self, api, operator, elsewhere, sql):
        person_id = create(api, operator).json()["person_id"]
        body = {"fields": ["name"], "purpose": "contact"}
        foreign = api.post(f"/v1/people/{person_id}/disclosures", by=elsewhere, json=body)
        absent = api.post(f"/v1/people/{uuid.uuid4()}/disclosures", by=elsewhere, json=body)
        assert without_request_id(foreign) == without_request_id(absent)
        assert foreign.status_code == 404
        assert [row[2]["found"] for response in (foreign, absent) for row in events(sql, response)] == [False, False]

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"purpose": "curiosity"}, {"/body/purpose": "not_allowed"}),
            ({"purpose": "other"}, {"/body/note": "required"}),
            ({"fields": []}, {"/body/fields": "too_short"}),
            ({"fields": ["name", "name"]}, {"/body/fields/1": "duplicate"}),
            ({"note": "电话 13812345678"}, {"/body/note": "not_allowed"}),
            ({"note": "长" * 201}, {"/body/note": "too_long"}),
        ],
    )
    def test_no_purpose_no_look(self, api, demo, operator, sql, changes, wrong):
        body = {"fields": ["name"], "purpose": "contact", **changes}
        response = api.post(f"/v1/people/{demo.employee.person_id}/disclosures", by=operator, json=body)
        check_problem(response, 400, "validation_failed")
        assert faults(response) == wrong and events(sql, response) == []


class TestOwnRecord:
    def test_a_citizen_reads_their_own(self, api, demo, sql):
        response = api.get(f"/v1/people/{demo.employee.person_id}", by=demo.employee)
        own = response.json()
        assert own["name_masked"] == demo.employee.name[0] + "*" and own["pool_code"] is None
        assert demo.employee.name not in response.text and events(sql, response) == []

    def test_a_merged_record_names_the_one_that_counts(self, api, operator, sql):
        old, current = (create(api, operator).json()["person_id"] for _ in range(2))
        sql.execute(
            "INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)"
            " VALUES (%s, %s, %s, %s, 'merged', now())",
            [money.key_of(old), old, money.key_of(current), current],
        )
        plant_approved(sql, "merge_people", current, old)
        assert api.get(f"/v1/people/{old}", by=operator).json()["current_person_id"] == current
        assert api.get(f"/v1/people/{current}", by=operator).json()["current_person_id"] is None
        body = {"pool_code": "620500", "scheme": "resident", "account_mode": "pooled_only", "payer_kind": "self",
                "started_on": "2026-01-01"}  # fmt: skip
        check_problem(api.post(f"{PEOPLE}/{old}/enrolments", by=operator, json=body), 409, "not_allowed_in_status")
