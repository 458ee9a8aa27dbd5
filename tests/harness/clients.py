"""Systems of others, registered over HTTP by an administrator as an agency would."""
# SPDX-License-Identifier: Apache-2.0
from tests.harness.people import Principal


def registered(api, admin, kind, **fields):
    """A client of that kind for all regions, with a token of its own."""
    client = api.post("/v1/admin/clients", by=admin, json={"kind": kind, "name": kind, "regions": ["000000"], **fields})
    assert client.status_code == 201, client.text
    body = {"kind": "client", "label": kind, "subject_id": client.json()["client_id"]}
    token = api.post("/v1/admin/tokens", by=admin, json=body)
    assert token.status_code == 201, token.text
    return Principal(token.json()["token"], "client")
