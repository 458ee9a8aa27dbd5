"""A security officer of some regions rules over tokens of these and of no others."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness.problems import check_problem, faults, without_request_id

PATH = "/v1/admin/tokens"
EXPIRES = "2099-01-01T00:00:00+08:00"


@pytest.fixture(scope="module")
def officers(new_token):
    return {
        "nation": new_token("staff", roles=["security"], regions=["000000"]),
        "Gansu": new_token("staff", roles=["security"], regions=["620000"]),
        "Tianshui and Guangzhou": new_token("staff", roles=["security"], regions=["620500", "440100"]),
    }


@pytest.mark.parametrize(
    ("officer", "regions", "refused"),
    [
        ("nation", ["000000"], set()),
        ("nation", ["110000", "620500"], set()),
        ("Gansu", ["620000"], set()),
        ("Gansu", ["620500", "620900"], set()),
        ("Gansu", ["620500", "110000"], {"/body/regions/1"}),
        ("Gansu", ["000000"], {"/body/regions/0"}),
        ("Tianshui and Guangzhou", ["440100", "620500"], set()),
        ("Tianshui and Guangzhou", ["620000"], {"/body/regions/0"}),
        ("Tianshui and Guangzhou", ["620501"], {"/body/regions/0"}),
        ("Tianshui and Guangzhou", ["440300", "620500", "000000"], {"/body/regions/0", "/body/regions/2"}),
    ],
)
def test_nobody_grants_more_than_they_have(api, officers, officer, regions, refused):
    response = api.post(PATH, by=officers[officer], json={"kind": "staff", "roles": ["operator"], "regions": regions})
    if not refused:
        assert response.status_code == 201
        return
    check_problem(response, 400, "validation_failed")
    assert faults(response) == dict.fromkeys(refused, "not_allowed")


def test_only_who_sees_all_regions_stands_in_for_citizens(api, officers, demo):
    body = {"kind": "citizen", "subject_id": demo.employee.person_id, "expires_at": EXPIRES}
    for officer, status in (("nation", 201), ("Gansu", 400), ("Tianshui and Guangzhou", 400)):
        response = api.post(PATH, by=officers[officer], json=body)
        assert response.status_code == status
        assert status == 201 or faults(response) == {"/body/kind": "not_allowed"}


def test_nobody_makes_tokens_in_the_name_of_others(api, officers, demo, new_token, new_client, sql):
    """What is done with it would be taken for what they did."""
    near = new_token("staff", roles=["operator"], regions=["620500"]).subject_id
    far = new_token("staff", roles=["operator"], regions=["620500", "110000"]).subject_id
    client, citizen = new_client(regions=["620500"])["client_id"], demo.employee.person_id
    for subject_id, officer, status in (
        (near, "Gansu", 201), (far, "Gansu", 400), (far, "nation", 201), (client, "nation", 400), (citizen, "nation", 400),
    ):  # fmt: skip
        body = {"kind": "staff", "subject_id": subject_id, "roles": ["operator"], "regions": ["620500"]}
        response = api.post(PATH, by=officers[officer], json=body)
        assert response.status_code == status, (subject_id, officer)
        if status == 400:
            assert faults(response) == {"/body/subject_id": "not_allowed"}
        else:
            (detail,) = sql.execute(
                "SELECT detail FROM audit_event WHERE object_id = %s", [response.json()["token_id"]]
            ).fetchone()
            assert (detail["subject_id"], detail["regions"]) == (subject_id, ["620500"])


@pytest.fixture(scope="module")
def tokens(new_token, demo):
    """{name: (token, whether the officer of Tianshui and Guangzhou may know it)}"""
    staff = {"roles": ["operator"]}
    return {
        "of a region": (new_token("staff", **staff, regions=["620500"]), True),
        "of both": (new_token("staff", **staff, regions=["620500", "440100"]), True),
        "of one more": (new_token("staff", **staff, regions=["620500", "110000"]), False),
        "of another": (new_token("staff", **staff, regions=["110000"]), False),
        "of the province": (new_token("staff", **staff, regions=["620000"]), False),
        "of the nation": (new_token("staff", **staff, regions=["000000"]), False),
        "of a citizen": (new_token("citizen", subject_id=demo.employee.person_id), False),
        "of nobody": (None, False),
    }


def test_tokens_of_others_look_like_none(api, officers, tokens):
    officer = officers["Tianshui and Guangzhou"]
    listed = {row["token_id"] for row in api.pages(PATH, by=officer)}
    refusals = []
    for name, (token, is_known) in tokens.items():
        token_id = token.token_id if token else "018f3a60-1d00-7000-8b52-6a1c9e4f2d70"
        assert (token_id in listed) == is_known, name
        for method in ("GET", "DELETE"):
            response = api.request(method, f"{PATH}/{token_id}", by=officer)
            assert response.status_code == ({"GET": 200, "DELETE": 204}[method] if is_known else 404), (name, method)
            if not is_known:
                refusals.append(without_request_id(response))
    assert all(refusal == refusals[0] for refusal in refusals)


def test_what_an_officer_could_not_revoke_still_works(api, officers, tokens):
    """Tried again here, so that this test can run alone."""
    officer = officers["Tianshui and Guangzhou"]
    for token, is_known in tokens.values():
        if token and not is_known:
            api.delete(f"{PATH}/{token.token_id}", by=officer)
            assert api.get("/v1/me", by=token).status_code == 200


def test_a_citizens_tokens_are_not_listed_by_subject_either(api, officers, demo, tokens):
    params = {"subject_id": demo.employee.person_id}
    assert api.pages(PATH, by=officers["nation"], params=params)
    for officer in ("Gansu", "Tianshui and Guangzhou"):
        assert api.pages(PATH, by=officers[officer], params=params) == []
        assert api.pages(PATH, by=officers[officer], params={"kind": "citizen"}) == []
