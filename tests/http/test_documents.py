"""Documents of transfers and withdrawals: handed in, listed, read back, taken back, by whom it is theirs."""
# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest
from tests.harness import scans
from tests.http.documenting import OTHER_POOL, POOL, api, books, desk, faults, sql, staff, stand  # noqa: F401


@pytest.mark.parametrize("form", scans.TYPES)
@pytest.mark.parametrize("kind", ["transfer", "withdrawal"])
def test_a_document_is_read_back_as_it_was_handed_in(desk, form, kind):
    object_id = getattr(desk, kind)()
    content = scans.SAMPLES[form]
    made = desk.hand_in(object_id, content, kind=kind, content_type=scans.TYPES[form])
    assert made.status_code == 201, made.text
    document = made.json()
    assert made.headers["location"] == f"/v1/documents/{document['document_id']}"
    assert {k: v for k, v in document.items() if k not in ("document_id", "created_at")} == {
        "object_kind": kind, "object_id": object_id, "document_kind": "citizen_id", "content_type": scans.TYPES[form],
        "size_bytes": len(content), "uploaded_by": "person"}
    assert desk.api.get(made.headers["location"], by=desk.citizen).json() == document
    assert desk.listed(object_id, kind) == [document]
    got = desk.content(document["document_id"])
    assert got.content == content
    assert got.headers["content-type"] == scans.TYPES[form]
    extension = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}[form]
    assert got.headers["content-disposition"] == f'attachment; filename="document-{document["document_id"]}.{extension}"'
    assert got.headers["x-content-type-options"] == "nosniff" and got.headers["cache-control"] == "no-store"
    assert "sandbox" in got.headers["content-security-policy"]
    if kind == "withdrawal":
        scans.over(desk.sql, object_id, "withdrawal")


JPEG = scans.SAMPLES["jpeg"]
BY_TELEPHONE = {
    "padded": JPEG + bytes(513),
    "second camera": scans.indexed(JPEG) + JPEG,
    "second camera, padded": scans.indexed(JPEG) + bytes(7) + scans.jpeg([b"x"]) + bytes(4) + JPEG,
    "Samsung's notes": JPEG + scans.notes((b"Image_UTC_Data", b"1767600000000"), (b"MCC_Data", b"460")),
    "all of it": scans.indexed(JPEG) + JPEG + bytes(3) + scans.notes((b"MCC_Data", b"460")),
}


@pytest.mark.parametrize("what", BY_TELEPHONE)
def test_what_telephones_append_to_a_photograph_stays_with_it(desk, what):
    transfer_id = desk.transfer()
    made = desk.hand_in(transfer_id, BY_TELEPHONE[what], content_type="image/jpeg")
    assert made.status_code == 201, made.text
    assert desk.content(made.json()["document_id"]).content == BY_TELEPHONE[what]


@pytest.mark.parametrize("size", [262143, 262144, 262145, 524288, 3 * 262144 + 1, scans.LONGEST])
def test_sizes_around_its_pieces(desk, size):
    transfer_id = desk.transfer()
    content = scans.of_size(size)
    document_id = desk.kept(transfer_id, content)
    assert desk.content(document_id).content == content
    assert desk.rows(transfer_id) == (1, (size + 262143) // 262144)


def test_the_head_of_it_says_how_long_it_is(desk):
    transfer_id = desk.transfer()
    document_id = desk.kept(transfer_id)
    head = desk.api.request("HEAD", f"/v1/documents/{document_id}/content", by=desk.citizen)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(scans.SAMPLES["png"])))


def test_in_pieces_of_any_size(desk):
    content = scans.of_size(700001)
    for size in (1000, 65536, 262145):
        transfer_id = desk.transfer()
        document_id = desk.kept(transfer_id, (content[i:i + size] for i in range(0, len(content), size)))
        assert desk.content(document_id).content == content


@pytest.mark.parametrize(("kind", "other_kind"), [("transfer", "enrolment_certificate"), ("withdrawal", "emigration_proof")])
def test_the_same_bytes_again_change_nothing(desk, kind, other_kind):
    object_id = getattr(desk, kind)()
    first = desk.hand_in(object_id, kind=kind)
    again = desk.hand_in(object_id, kind=kind)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() and again.headers["location"] == first.headers["location"]
    other = desk.hand_in(object_id, kind=kind, document_kind=other_kind)
    assert other.status_code == 201
    assert len(desk.listed(object_id, kind)) == 2
    if kind == "withdrawal":
        scans.over(desk.sql, object_id, "withdrawal")


def test_what_is_needed_is_there_then(desk):
    withdrawal_id = desk.withdrawal()
    ask = ("SELECT array_agg(document_kind ORDER BY 1) FILTER (WHERE is_required AND NOT is_there)"
           " FROM withdrawal JOIN LATERAL materials_needed(pool_code, reason, person_key, withdrawal_id) ON true WHERE withdrawal_id = %s")
    document_id = desk.kept(withdrawal_id, kind="withdrawal")
    assert desk.sql.execute(ask, [withdrawal_id]).fetchone() == (["emigration_proof"],)
    assert desk.api.delete(f"/v1/documents/{document_id}", by=desk.citizen).status_code == 204
    assert desk.sql.execute(ask, [withdrawal_id]).fetchone() == (["citizen_id", "emigration_proof"],)
    scans.over(desk.sql, withdrawal_id, "withdrawal")


@pytest.mark.parametrize(("kind", "document_kind"), [
    ("transfer", "passport"), ("transfer", "CITIZEN_ID"), ("transfer", "x"), ("transfer", "citizen_id' OR 1=1"),
    ("withdrawal", "death_certificate")])
def test_only_kinds_that_it_asks_for(desk, kind, document_kind):
    object_id = getattr(desk, kind)()
    assert faults(desk.hand_in(object_id, kind=kind, document_kind=document_kind)) == [("/query/kind", "not_allowed")]
    assert desk.listed(object_id, kind) == []
    if kind == "withdrawal":
        scans.over(desk.sql, object_id, "withdrawal")


def test_the_kind_is_named(desk):
    transfer_id = desk.transfer()
    response = desk.api.post(scans.path_of("transfer", transfer_id), by=desk.citizen, content=scans.SAMPLES["png"],
                             headers={"Content-Type": "image/png"})
    assert faults(response) == [("/query/kind", "required")]


# --- who ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", [POOL, OTHER_POOL, "620000", "440000", "000000"])
def test_staff_of_both_desks_hand_in_and_look(desk, staff, region):
    transfer_id = desk.transfer()
    operator, reviewer = staff("operator", regions=[region]), staff("reviewer", regions=[region])
    response = desk.hand_in(transfer_id, by=operator)
    assert (response.status_code, response.json()["uploaded_by"]) == (201, "staff")
    document_id = response.json()["document_id"]
    assert [d["document_id"] for d in desk.listed(transfer_id, by=reviewer)] == [document_id]
    assert desk.content(document_id, by=reviewer).content == scans.SAMPLES["png"]
    looks = desk.sql.execute(
        "SELECT action FROM audit_event WHERE actor_id = %s ORDER BY event_id", [reviewer.subject_id]).fetchall()
    assert looks == [("list_transfer_documents",), ("get_document_content",)]
    assert desk.hand_in(transfer_id, by=reviewer).status_code == 403


@pytest.mark.parametrize("kind", ["transfer", "withdrawal"])
def test_nobody_else(desk, staff, kind):
    """What is somebody else's looks like what does not exist, byte for byte but for the request's own id."""
    object_id = getattr(desk, kind)()
    document_id = desk.kept(object_id, kind=kind)
    elsewhere = staff("operator", "reviewer", "auditor", regions=["310000"])

    def shown(response):
        return response.status_code, {**response.json(), "request_id": None}

    for by in (desk.stranger, elsewhere):
        absent, key = str(uuid.uuid4()), object_id
        assert shown(desk.hand_in(key, kind=kind, by=by)) == shown(desk.hand_in(absent, kind=kind, by=by))
        assert desk.hand_in(key, kind=kind, by=by).status_code == 404
        for path in ("/v1/documents/{}", "/v1/documents/{}/content", f"/v1/{kind}s/{{}}/documents"):
            real = object_id if path.endswith("documents") else document_id
            seen, nothing = desk.api.get(path.format(real), by=by), desk.api.get(path.format(absent), by=by)
            assert shown(seen) == shown(nothing) and seen.status_code == 404
        assert shown(desk.api.delete(f"/v1/documents/{document_id}", by=by)) == shown(desk.api.delete(f"/v1/documents/{absent}", by=by))
    assert [d["document_id"] for d in desk.listed(object_id, kind)] == [document_id]
    if kind == "withdrawal":
        scans.over(desk.sql, object_id, "withdrawal")


def test_one_kind_of_thing_is_not_the_other(desk):
    transfer_id = desk.transfer()
    desk.kept(transfer_id)
    assert desk.api.get(scans.path_of("withdrawal", transfer_id), by=desk.citizen).status_code == 404
    assert desk.hand_in(transfer_id, kind="withdrawal").status_code == 404


# --- when ---------------------------------------------------------------------------------------------------------------


def test_what_is_over_takes_no_more_and_keeps_what_it_has(desk):
    transfer_id = desk.transfer()
    document_id = desk.kept(transfer_id)
    scans.over(desk.sql, transfer_id)
    response = desk.hand_in(transfer_id, scans.pdf(), content_type="application/pdf")
    assert (response.status_code, response.json()["code"]) == (409, "not_possible_now")
    assert (response.json()["state"], response.json()["possible"]) == ("cancelled", [])
    assert desk.content(document_id).content == scans.SAMPLES["png"]
    removal = desk.api.delete(f"/v1/documents/{document_id}", by=desk.citizen)
    assert (removal.status_code, removal.json()["code"]) == (409, "not_possible_now")


def test_withdrawals_that_are_over_too(desk):
    withdrawal_id = desk.withdrawal()
    scans.over(desk.sql, withdrawal_id, "withdrawal")
    response = desk.hand_in(withdrawal_id, kind="withdrawal")
    assert (response.status_code, response.json()["state"]) == (409, "cancelled")


def test_a_document_is_taken_back_with_its_bytes(desk):
    transfer_id = desk.transfer()
    document_id = desk.kept(transfer_id, scans.of_size(600000))
    for _ in range(2):
        assert desk.api.delete(f"/v1/documents/{document_id}", by=desk.citizen).status_code == 204
    assert desk.listed(transfer_id) == []
    assert desk.content(document_id).status_code == 404
    assert desk.api.get(f"/v1/documents/{document_id}", by=desk.citizen).status_code == 404
    assert desk.rows(transfer_id) == (1, 0)
    events = desk.sql.execute(
        "SELECT action FROM audit_event WHERE object_id = %s ORDER BY event_id", [transfer_id]).fetchall()
    assert events == [("create_transfer_document",), ("remove_document",)]
    assert desk.hand_in(transfer_id).status_code == 201


@pytest.mark.parametrize("state", ["checked_out", "checked_in", "out_review", "in_review"])
def test_not_once_something_was_decided(desk, state):
    transfer_id = desk.transfer()
    document_id = desk.kept(transfer_id)
    desk.sql.execute("UPDATE transfer SET state = %s WHERE transfer_id = %s", [state, transfer_id])
    response = desk.api.delete(f"/v1/documents/{document_id}", by=desk.citizen)
    assert (response.status_code, response.json()["state"]) == (409, state)
    assert "cancel" in response.json()["possible"]
    assert desk.hand_in(transfer_id, scans.pdf(), content_type="application/pdf").status_code == 201


def test_what_staff_handed_in_is_theirs_to_take_back(desk):
    transfer_id = desk.transfer()
    document_id = desk.kept(transfer_id, by=desk.operator)
    assert desk.api.delete(f"/v1/documents/{document_id}", by=desk.citizen).status_code == 403
    assert desk.api.delete(f"/v1/documents/{document_id}", by=desk.operator).status_code == 204
    own = desk.kept(transfer_id)
    assert desk.api.delete(f"/v1/documents/{own}", by=desk.operator).status_code == 204


# --- how many -----------------------------------------------------------------------------------------------------------


def test_twenty_and_not_one_more(desk):
    transfer_id = desk.transfer()
    ids = [desk.kept(transfer_id, scans.of_size(200 + n), document_kind="other") for n in range(20)]
    full = desk.hand_in(transfer_id, scans.of_size(300))
    assert (full.status_code, full.json()["code"]) == (409, "documents_full")
    assert desk.hand_in(transfer_id, scans.of_size(200), document_kind="other").status_code == 200, "which is there already"
    assert desk.api.delete(f"/v1/documents/{ids[0]}", by=desk.citizen).status_code == 204
    assert desk.hand_in(transfer_id, scans.of_size(300)).status_code == 201


def test_64_mib_and_not_one_byte_more(desk):
    transfer_id = desk.transfer()
    for n in range(6):
        desk.kept(transfer_id, scans.of_size(scans.LONGEST, n), document_kind="other")
    full = desk.hand_in(transfer_id, scans.of_size(4 * scans.MIB + 1))
    assert (full.status_code, full.json()["code"]) == (409, "documents_full")
    assert desk.hand_in(transfer_id, scans.of_size(4 * scans.MIB)).status_code == 201
