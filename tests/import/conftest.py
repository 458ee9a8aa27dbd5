"""A migrated template, and a fresh copy of it for each test."""
# SPDX-License-Identifier: Apache-2.0
import itertools
import subprocess

import pytest
from importing import BINARY, ROOT, Books, contribution, enrolment

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def import_template(cluster, tmp_path_factory):
    """The master key file of the database import_template."""
    directory = tmp_path_factory.mktemp("import")
    books = Books(cluster.create_database("import_template"), directory / "master.key", directory)
    done = subprocess.run([str(BINARY), "migrate"], cwd=ROOT, env=books.environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return directory / "master.key"


@pytest.fixture(scope="session")
def people_template(cluster, import_template, tmp_path_factory):
    """A database with five employees in one pool, 0 to 4, and a contribution of the first."""
    url = cluster.create_database("import_people", template="import_template")
    books = Books(url, import_template, tmp_path_factory.mktemp("people"))
    books.good("enrolments", [enrolment(n) for n in range(5)])
    books.good("contributions", [contribution(0, period="2026-01", source_document="D0")])
    return "import_people"


@pytest.fixture
def new_books(cluster, import_template, tmp_path):
    """Makes further databases, empty or from a template: new_books()."""
    made = []

    def make(template="import_template"):
        made.append(f"import_{next(numbers)}")
        return Books(cluster.create_database(made[-1], template=template), import_template, tmp_path)

    yield make
    with cluster.connect("postgres") as connection:
        for name in made:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def books(new_books):
    return new_books()


@pytest.fixture
def people(new_books, people_template):
    return new_books(people_template)
