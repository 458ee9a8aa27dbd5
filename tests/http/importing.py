"""A database of its own for imports over HTTP, so that they change nothing that other tests look at."""
# SPDX-License-Identifier: Apache-2.0
import pathlib

import pytest
from tests.harness.database import Database
from tests.harness.imports import POOL, Imports, enrolment
from tests.harness.people import Principal


@pytest.fixture(scope="module")
def books(cluster, tmp_path_factory):
    return Database(cluster, "imports", tmp_path_factory.mktemp("imports"))


@pytest.fixture
def start(books, servers):
    """Further servers of that database, for one test."""
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
def staff(api, books):
    def make(*roles, regions=(POOL,)):
        body = {"kind": "staff", "label": "test", "roles": list(roles), "regions": list(regions)}
        made = api.post("/v1/admin/tokens", by=books.demo.admin, json=body).json()
        return Principal(made["token"], "staff", role=" ".join(roles), regions=tuple(regions), subject_id=made["subject_id"])

    return make


@pytest.fixture(scope="module")
def imports(api, books, staff):
    return Imports(api, books, staff("operator"), staff("reviewer"))


@pytest.fixture(scope="module")
def people(imports):
    """Ten employees, 0 to 9."""
    imports.load("enrolments", [enrolment(n) for n in range(10)])


def spool_path(books, job_id):
    return pathlib.Path(books.environment["YIBAO_SPOOL_DIR"]) / f"{job_id}.spool"
