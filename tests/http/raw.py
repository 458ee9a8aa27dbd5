"""Sends any bytes over one connection and reads every reply that comes back: what an HTTP library would never do."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import json
import socket
import time

from tests.harness.wire import secured


@dataclasses.dataclass
class Reply:
    status: int
    headers: list  # of (name in lower case, value)
    body: bytes

    def header(self, name):
        return next((value for key, value in self.headers if key == name), None)

    def is_problem(self):
        """Whether it is an error in this program's own form, with the status it was sent with."""
        if self.header("content-type") != "application/problem+json":
            return False
        problem = json.loads(self.body)
        return problem["status"] == self.status and problem["type"] == f"urn:yibaod:problem:{problem['code']}"


@dataclasses.dataclass
class Conversation:
    replies: list
    closed: bool  # by the server
    rest: bytes  # what came and is no whole reply
    seconds: float

    @property
    def statuses(self):
        return [reply.status for reply in self.replies]


def take_reply(data):
    """(reply, what follows it), or (None, data) while it is not whole. Interim 100 replies are passed over."""
    head, mark, rest = data.partition(b"\r\n\r\n")
    if not mark:
        return None, data
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(" ")[1])
    if status == 100:
        return take_reply(rest)
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    length = int(dict(headers).get("content-length", 0)) if status not in (204, 304) else 0
    if len(rest) < length:
        return None, data
    return Reply(status, headers, rest[:length]), rest[length:]


def converse(server, *pieces, wanted=1, timeout_s=15, quiet_s=0.3, pause_s=0.05):
    """
    Sends the pieces, pausing between them, then reads until the server closes, or `wanted` replies have come and nothing
    more for `quiet_s`, or the time is over.
    """
    began = time.monotonic()
    data, replies, closed = b"", [], False
    plain = socket.create_connection((server.host, server.port), timeout=timeout_s)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with secured(plain, server) as connection:
        try:
            for number, piece in enumerate(pieces):
                time.sleep(pause_s if number else 0)
                connection.sendall(piece)
        except OSError:
            pass  # refused before it was all sent; the reply may still be there
        while time.monotonic() - began < timeout_s and not closed:
            connection.settimeout(quiet_s if len(replies) >= wanted else timeout_s)
            try:
                received = connection.recv(65536)
            except TimeoutError:
                break
            except OSError:
                received = b""
            closed = not received
            data += received
            reply, data = take_reply(data)
            while reply:
                replies.append(reply)
                reply, data = take_reply(data)
    return Conversation(replies, closed, data, time.monotonic() - began)
