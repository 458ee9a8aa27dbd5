"""docs/operations/replica.md, section "Setting it up": executed, and what comes of it answers histories."""
# SPDX-License-Identifier: Apache-2.0
from tests.harness import charges
from tests.harness.client import Client
from tests.harness.server import wait_until
from tests.operations.page_stand_by import SETTINGS, PageStandBy
from tests.operations.replicas import Asked, served_again


def test_a_stand_by_as_the_page_sets_it_up(replicated, contract):
    """With its role, slot and settings; vacuum at the primary spares what it reads."""
    assert {"hot_standby", "hot_standby_feedback", "max_standby_streaming_delay"} <= SETTINGS.keys()
    stand_by = PageStandBy(replicated.primary)
    try:
        wait_until(stand_by.is_fed_by_its_slot, "the stand-by to follow by its slot, with feedback")
        server = replicated.start(YIBAO_REPLICA_URL=stand_by.url("yibao"))
        api, employee, asked = Client(server, contract), replicated.demo.employee, Asked(stand_by)

        def read():
            provider = replicated.demo.provider("hospital")
            charge_id = charges.charged(api, provider, employee.account_id, 1)["charge_id"]
            answer = api.get(f"/v1/accounts/{employee.account_id}/entries", by=employee)
            assert answer.json()["data"][0]["charge"]["charge_id"] == charge_id

        served_again(server, read)
        assert asked.counts()["account_entries"] > 0
        api.close()
        assert server.stop() == 0
    finally:
        stand_by.remove()
