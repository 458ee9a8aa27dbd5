"""OPTIONS belongs to no operation: it is answered from the header, whatever body comes with it."""
# SPDX-License-Identifier: Apache-2.0
import pytest


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 70000])
def test_a_body_changes_nothing(api, body):
    response = api.request("OPTIONS", "/v1/admin/tokens", content=body)
    assert response.status_code == 204
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_a_chunked_body_changes_nothing(api):
    assert api.request("OPTIONS", "/v1/me", content=iter([b"a", b"b"])).status_code == 204


def test_an_unknown_path_is_still_unknown(api):
    assert api.request("OPTIONS", "/v1/nothing", content=b"{}").status_code == 404
