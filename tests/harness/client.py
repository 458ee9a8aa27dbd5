"""An HTTP client that holds every reply of the server against openapi.yaml."""
# SPDX-License-Identifier: Apache-2.0
import time

import httpx
from tests.harness.server import PATIENCE_S

TOKEN_CACHE_S = 1.0


class Client:
    """`by` is whoever has a `token`. Every reply is checked by the contract, or the test fails."""

    def __init__(self, server, contract):
        self.server = server
        self.contract = contract
        self.http = httpx.Client(base_url=server.base_url, timeout=PATIENCE_S)

    def request(self, method, path, *, by=None, headers=None, **rest):
        headers = httpx.Headers(headers)
        if by is not None:
            headers["Authorization"] = f"Bearer {by.token}"
        request = self.http.build_request(method, path, headers=headers, **rest)
        response = self.http.send(request)
        self.contract.check(request, response)
        return response

    def get(self, path, **rest):
        return self.request("GET", path, **rest)

    def post(self, path, **rest):
        return self.request("POST", path, **rest)

    def delete(self, path, **rest):
        return self.request("DELETE", path, **rest)

    def pages(self, path, by=None, params=None, limit=100):
        """Every row of a list, page by page."""
        rows, cursor = [], None
        while True:
            response = self.get(path, by=by, params={**(params or {}), "limit": limit, **({"cursor": cursor} if cursor else {})})
            assert response.status_code == 200, response.text
            body = response.json()
            assert len(body["data"]) <= limit
            assert body["has_more"] == (body["next_cursor"] is not None) == ("link" in response.headers)
            rows += body["data"]
            cursor = body["next_cursor"]
            if cursor is None:
                return rows
            assert len(body["data"]) == limit, "a page that goes on is full"

    def wait_for_status(self, path, by, status, patience_s=PATIENCE_S):
        """Asks until the status comes."""
        end = time.monotonic() + patience_s
        while (seen := self.get(path, by=by).status_code) != status:
            assert time.monotonic() < end, f"still {seen}"
            time.sleep(0.05)

    def wait_past_token_cache(self):
        time.sleep(TOKEN_CACHE_S + 0.2)

    def close(self):
        self.http.close()
