"""One cluster for the suite, a migrated template, and a fresh copy of it for each test."""
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import subprocess

import pytest

from tests.cluster import Cluster
from tests.db.signing import add_citizen
from tests.db.world import World

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("YIBAO_BINARY", ROOT / "build/yibaod"))


class Program:
    """Runs yibaod against one database with one master key file."""

    def __init__(self, url, key_file):
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": url,
            "YIBAO_MASTER_KEY_FILE": str(key_file),
        }

    def run(self, *arguments):
        return subprocess.run(
            [str(BINARY), *map(str, arguments)],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        )

    def start(self, *arguments):
        return subprocess.Popen(
            [str(BINARY), *map(str, arguments)],
            env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )


@pytest.fixture(scope="session")
def cluster():
    cluster = Cluster()
    with cluster.connect("postgres") as connection:
        connection.execute("CREATE ROLE owner LOGIN CREATEROLE")
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def template(cluster, tmp_path_factory):
    """A migrated database that nobody writes to, and its master key file."""
    key_file = tmp_path_factory.mktemp("key") / "master.key"
    result = Program(cluster.create_database("migrated", "owner"), key_file).run("migrate")
    assert result.returncode == 0, result.stderr
    return key_file


@pytest.fixture
def empty(cluster, tmp_path):
    """A program before an empty database of a role that is no superuser."""
    program = Program(cluster.create_database("empty", "owner"), tmp_path / "master.key")
    program.cluster, program.database = cluster, "empty"
    return program


@pytest.fixture
def migrated(cluster, template):
    """A program before a fresh copy of the migrated database."""
    program = Program(cluster.create_database("fresh", "owner", "migrated"), template)
    program.cluster, program.database = cluster, "fresh"
    return program


@pytest.fixture
def owner(cluster, migrated):
    with cluster.connect(migrated.database, "owner") as connection:
        yield connection


@pytest.fixture
def superuser(cluster, migrated):
    with cluster.connect(migrated.database) as connection:
        yield connection


@pytest.fixture
def world(superuser):
    return World(superuser)


@pytest.fixture
def citizen(owner):
    """Somebody with a citizen number, a card and a phone."""
    return add_citizen(owner)
