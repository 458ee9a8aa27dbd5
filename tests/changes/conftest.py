"""A deployment of its own for each file: database, master key, servers that may be stopped."""
# SPDX-License-Identifier: Apache-2.0
import psycopg
import pytest
from tests.harness import database


@pytest.fixture(scope="module")
def deployment(cluster, tmp_path_factory, request):
    """A database with the demo that nobody else uses."""
    name = request.module.__name__.rsplit(".", 1)[-1]
    return database.Database(cluster, name, tmp_path_factory.mktemp(name))


@pytest.fixture
def sql(deployment):
    with psycopg.connect(deployment.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def start(servers, deployment):
    """Starts servers on the deployment's database."""
    with servers.on(deployment) as started:
        yield started
