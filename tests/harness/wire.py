"""A connection to the server byte by byte, for what an HTTP library would never send."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import json
import socket


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # names in lower case; a repeated one is joined with ", "
    body: bytes

    def json(self):
        return json.loads(self.body)


class Closed(Exception):
    """The server closed the connection before a whole answer had come."""


def get(path, *lines, version="HTTP/1.1", method="GET", host="localhost"):
    """Bytes of a request without a body."""
    head = [f"{method} {path} {version}", *([f"Host: {host}"] if host else []), *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def secured(connection, server):
    """The connection itself, or TLS over it when the server is behind a proxy."""
    tls = getattr(server, "tls", None)
    return tls.wrap_socket(connection, server_hostname="localhost") if tls else connection


class Wire:
    def __init__(self, server, timeout_s=30, receive_buffer_bytes=None):
        self.socket = socket.socket()
        if receive_buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(timeout_s)
        self.socket.connect((server.host, server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = secured(self.socket, server)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError as error:
            raise Closed("reset") from error
        if not data:
            raise Closed(f"closed after {self.pending[-200:]!r}")
        self.pending += data

    def _until(self, mark):
        while mark not in self.pending:
            self._more()
        head, self.pending = self.pending.split(mark, 1)
        return head

    def _exactly(self, length):
        while len(self.pending) < length:
            self._more()
        data, self.pending = self.pending[:length], self.pending[length:]
        return data

    def _chunks(self):
        body = b""
        while True:
            length = int(self._until(b"\r\n").split(b";")[0], 16)
            body += self._exactly(length)
            self._exactly(2)
            if length == 0:
                return body

    def receive(self, head_only=False):
        """The next final answer on this connection."""
        status = 100
        while status < 200:
            lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            version, code, *_ = lines[0].split(" ")
            assert version in ("HTTP/1.1", "HTTP/1.0"), lines[0]
            status = int(code)
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            name = name.lower()
            headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
        if head_only or status in (204, 304):
            return Answer(status, headers, b"")
        if "chunked" in headers.get("transfer-encoding", ""):
            return Answer(status, headers, self._chunks())
        if "content-length" in headers:
            return Answer(status, headers, self._exactly(int(headers["content-length"])))
        return Answer(status, headers, self.rest())

    def rest(self):
        """Everything until the server closes."""
        try:
            while True:
                self._more()
        except Closed:
            data, self.pending = self.pending, b""
            return data

    def is_closed_by_server(self):
        """True as soon as the server closes; False when the socket's time-out passes first."""
        try:
            self.rest()
        except TimeoutError:
            return False
        return True


def answer_in(data):
    """The answer that these bytes begin with."""
    wire = object.__new__(Wire)
    wire.pending = data
    return wire.receive()
