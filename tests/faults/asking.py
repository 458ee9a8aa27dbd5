"""One request, sent by one thread over a connection it keeps, to any of the servers."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import http.client
import json
import socket

PERSONAL = ("citizen_number", "name", "phone", "card_number", "code", "password", "refresh_token")  # what no journal holds
PATIENCE_S = 40  # longer than any deadline of the server: a request that takes so long is stuck


@dataclasses.dataclass(frozen=True)
class Request:
    provider: object
    method: str
    path: str
    key: str = None
    body: dict = None
    csv: str = None

    @property
    def is_write(self):
        """Whether there is something to be done, and not only a look to be recorded."""
        return self.method != "GET" and not self.path.endswith("/search")

    def told(self):
        return {
            "principal_id": self.provider and self.provider.provider_id,
            "method": self.method,
            "path": self.path,
            "key": self.key,
            "body": self.body and {name: value for name, value in self.body.items() if name not in PERSONAL},
        }


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    body: dict
    is_replayed: bool
    request_id: str = None

    @property
    def code(self):
        return (self.body or {}).get("code") if self.status >= 400 else None

    @property
    def is_final(self):
        return self.status < 500 and self.status != 429 and self.code != "request_in_progress"

    @property
    def is_unclear(self):
        """Whether it may have been done all the same."""
        return self.status == 500 or self.code in ("outcome_unknown", "request_in_progress")


class NoAnswer(Exception):
    """The connection was refused, cut, or ended before the whole reply had come."""


class Line:
    """Connections of one thread, one to each port."""

    def __init__(self, host="127.0.0.1"):
        self.host = host
        self.connections = {}

    def ask(self, port, request):
        connection = self.connections.get(port)
        try:
            if connection is None:
                connection = self.connections[port] = http.client.HTTPConnection(self.host, port, timeout=PATIENCE_S)
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.request(request.method, request.path, self._content(request), self._headers(request))
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self.forget(port)
            if isinstance(error, TimeoutError):
                raise AssertionError(f"{request.method} {request.path} was stuck for {PATIENCE_S} s") from error
            raise NoAnswer(repr(error)) from error
        if reply.will_close:
            self.forget(port)
        is_replayed = reply.headers.get("Idempotent-Replayed") == "true"
        return Answer(reply.status, self._read(request, reply, content), is_replayed, reply.headers.get("X-Request-Id"))

    @staticmethod
    def _read(request, reply, content):
        try:
            return json.loads(content) if content else None
        except ValueError as error:
            raise AssertionError(f"{request.method} {request.path}: {reply.status} {reply.getheaders()} {content}") from error

    @staticmethod
    def _content(request):
        if request.csv is not None:
            return request.csv.encode()
        return None if request.body is None else json.dumps(request.body).encode()

    @staticmethod
    def _headers(request):
        headers = {"Authorization": f"Bearer {request.provider.token}"} if request.provider else {}
        if request.key:
            headers["Idempotency-Key"] = request.key
        if request.csv is not None:
            headers["Content-Type"] = "text/csv"
        elif request.body is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def forget(self, port):
        connection = self.connections.pop(port, None)
        if connection is not None:
            connection.close()

    def close(self):
        for port in list(self.connections):
            self.forget(port)
