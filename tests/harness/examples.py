"""How many random examples a property is tried with: few in every run, YIBAO_EXAMPLES times as many by hand."""
# SPDX-License-Identifier: Apache-2.0
import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("YIBAO_EXAMPLES", "1"))


def examples(count):
    """The same ones in every run, however long each takes."""
    return settings(
        max_examples=count * TIMES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
