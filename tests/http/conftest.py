"""What several files of tests over HTTP share: callers of the hotline."""
# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.harness import calling


@pytest.fixture(scope="session")
def hotline(new_token):
    return new_token("client", client_kind="hotline")


@pytest.fixture(scope="session")
def new_caller(api, hotline, new_token, connect, main_database):
    operator = new_token("staff", roles=["operator"], regions=["000000"])
    with connect() as owner:
        yield calling.callers_of(api, hotline, operator, owner, main_database.environment["YIBAO_MASTER_KEY_FILE"])
