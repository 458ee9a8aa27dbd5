"""The cluster and the migrated template of tests/db."""
# SPDX-License-Identifier: Apache-2.0
from tests.db.conftest import cluster, template  # noqa: F401
