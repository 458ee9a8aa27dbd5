"""An HTTP client that holds every reply of the server against openapi.yaml."""
# SPDX-License-Identifier: Apache-2.0
import socket
import time

import httpx
from tests.harness.server import PATIENCE_S
from tests.harness.wire import Wire, get

connect = socket.create_connection


def connect_without_delay(*arguments, **keywords):
    """This httpcore leaves Nagle's algorithm on, which costs 40 ms for every request with a body."""
    connection = connect(*arguments, **keywords)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


socket.create_connection = connect_without_delay


class Client:
    """`by` is whoever has a `token`. Every reply is checked by the contract, or the test fails."""

    def __init__(self, server, contract):
        self.server = server
        self.contract = contract
        self.http = httpx.Client(base_url=server.base_url, timeout=PATIENCE_S, verify=False)

    def request(self, method, path, *, by=None, headers=None, **rest):
        headers = httpx.Headers(headers)
        if by is not None:
            headers["Authorization"] = f"Bearer {by.token}"
        request = self.http.build_request(method, path, headers=headers, **rest)
        response = self.http.send(request)
        self.check(method, request.url.raw_path.decode("latin-1"), response)
        return response

    def check(self, method, target, response):
        faults = self.contract.validate(
            method, target, response.status_code, response.headers.multi_items(), response.content
        )
        assert faults == [], faults

    def raw(self, method, target, *lines, by=None):
        """A request whose target and header lines go out byte for byte as they are written here."""
        own = [f"Authorization: Bearer {by.token}"] if by else []
        with Wire(self.server) as wire:
            wire.send(get(target, *own, *lines, method=method))
            answer = wire.receive(head_only=method == "HEAD")
        return self.checked(method, target, answer)

    def checked(self, method, target, answer):
        """An answer read from a Wire, as httpx has it, after the same check."""
        request = httpx.Request(method, self.server.base_url)
        response = httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)
        self.check(method, target, response)
        return response

    def get(self, path, **rest):
        return self.request("GET", path, **rest)

    def post(self, path, **rest):
        return self.request("POST", path, **rest)

    def put(self, path, **rest):
        return self.request("PUT", path, **rest)

    def patch(self, path, **rest):
        return self.request("PATCH", path, **rest)

    def delete(self, path, **rest):
        return self.request("DELETE", path, **rest)

    def pages(self, path, by=None, params=None, limit=100):
        """Every row of a list, page by page."""
        rows, cursor = [], None
        while True:
            place = {"limit": limit, **({"cursor": cursor} if cursor else {})}
            response = self.get(path, by=by, params={**(params or {}), **place})
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

    def close(self):
        self.http.close()
