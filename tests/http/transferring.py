"""Fixtures of those who test transfers: staff of any region, and people who can apply."""
# SPDX-License-Identifier: Apache-2.0
import functools

import pytest
from tests.harness import transfers


@pytest.fixture(scope="module")
def operator(new_token):
    return new_token("staff", roles=["operator"], regions=["000000"])


@pytest.fixture(scope="module")
def staff(new_token):
    return lambda *regions, role="operator": new_token("staff", roles=[role], regions=list(regions))


@pytest.fixture
def somebody(api, sql, operator, new_token):
    return functools.partial(transfers.somebody, api, sql, operator, new_token)
