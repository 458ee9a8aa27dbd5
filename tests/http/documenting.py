"""A database of its own for documents, whose transfers and withdrawals are made by SQL, so that no auditor wonders about them."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses

import psycopg
import pytest
from tests.harness import scans
from tests.harness.database import Database
from tests.harness.people import Principal

POOL, OTHER_POOL, ELSEWHERE = "620500", "440100", "310000"


@pytest.fixture(scope="module")
def books(cluster, tmp_path_factory, request):
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    return Database(cluster, name, tmp_path_factory.mktemp(name))


@pytest.fixture
def start(books, servers):
    with servers.on(books) as own:
        yield own


@pytest.fixture(scope="module")
def stand(books, servers):
    with servers.on(books) as own:
        yield own()


@pytest.fixture(scope="module")
def api(stand, client_of):
    return client_of(stand)


@pytest.fixture(scope="module")
def sql(books):
    with psycopg.connect(books.url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def staff(api, books):
    def make(*roles, regions=(POOL,)):
        body = {"kind": "staff", "label": "test", "roles": list(roles), "regions": list(regions)}
        made = api.post("/v1/admin/tokens", by=books.demo.admin, json=body).json()
        return Principal(made["token"], "staff", role=" ".join(roles), regions=tuple(regions), subject_id=made["subject_id"])

    return make


@dataclasses.dataclass
class Desk:
    """Things of one citizen; the one that was open is over when the next one begins."""

    api: object
    sql: object
    citizen: object
    operator: object
    stranger: object

    def transfer(self, state="submitted", **rest):
        self.sql.execute("UPDATE transfer SET ended_at = now() WHERE person_id = %s AND ended_at IS NULL", [self.citizen.person_id])
        return scans.transfer(self.sql, self.citizen, state, **rest)

    def withdrawal(self, state="submitted", **rest):
        return scans.withdrawal(self.sql, self.citizen, state, **rest)

    def hand_in(self, object_id, content=scans.SAMPLES["png"], kind="transfer", by=None, **rest):
        return scans.hand_in(self.api, by or self.citizen, kind, object_id, content, **rest)

    def kept(self, object_id, content=scans.SAMPLES["png"], **rest):
        response = self.hand_in(object_id, content, **rest)
        assert response.status_code == 201, response.text
        return response.json()["document_id"]

    def content(self, document_id, by=None, **rest):
        return self.api.get(f"/v1/documents/{document_id}/content", by=by or self.citizen, **rest)

    def listed(self, object_id, kind="transfer", by=None):
        response = self.api.get(scans.path_of(kind, object_id), by=by or self.citizen)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    def rows(self, object_id):
        """(documents, pieces) in the database."""
        return self.sql.execute(
            "SELECT count(DISTINCT document_id), count(seq) FROM document LEFT JOIN document_chunk USING (person_key, document_id)"
            " WHERE object_id = %s", [object_id]).fetchone()


@pytest.fixture(scope="module")
def desk(api, sql, books, staff):
    return Desk(api, sql, books.demo.employee, staff("operator"), books.demo.citizens[-1])


def faults(response):
    assert response.status_code == 400, response.text
    return [(fault["pointer"], fault["code"]) for fault in response.json().get("errors", [])]
