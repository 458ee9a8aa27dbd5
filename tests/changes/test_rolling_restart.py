"""No request is lost while processes are restarted one after the other; `make rolling` does it many times."""
# SPDX-License-Identifier: Apache-2.0
from tests.changes import rolling


def test_behind_the_proxy(deployment, tmp_path):
    rolling.check(rolling.behind_proxy(deployment, tmp_path, restarts=3), deployment)


def test_on_one_port(deployment, tmp_path):
    rolling.check(rolling.on_one_port(deployment, tmp_path, restarts=4), deployment)
