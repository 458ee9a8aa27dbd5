"""What was sent by text message, and a gateway that a test can make fail."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import http.server
import json
import pathlib
import re
import threading

from tests.harness.server import wait_until


def code_of(message):
    """The six digits of a message."""
    return re.search(r"(?<!\d)\d{6}(?!\d)", message["text"])[0]


class Sms:
    """The file that a server with YIBAO_SMS_GATEWAY=file:PATH appends to."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def all(self):
        """Every message so far: dicts with outbox_id, to, text, at."""
        with contextlib.suppress(FileNotFoundError):
            return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]
        return []

    def mark(self):
        """How many there are: what comes later has a higher place."""
        return len(self.all())

    def wait(self, to, since=0, text=""):
        """The first message to that number behind `since` whose text holds `text`; waits for it."""

        def found():
            return next((m for m in self.all()[since:] if m["to"] == to and text in m["text"]), None)

        return wait_until(found, f"a text message to a number that ends with {to[-4:]}")


class Gateway:
    """An HTTP server on 127.0.0.1. `answers` are statuses, used up one by one, then 200; None: closes without answer."""

    def __init__(self, answers=(), tls=None):
        self.answers = list(answers)
        self.received = []
        self.gate = threading.Event()
        self.gate.set()
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.received.append((dict(self.headers.items()), json.loads(body)))
                gateway.gate.wait()
                status = gateway.answers.pop(0) if gateway.answers else 200
                if status is None:
                    self.close_connection = True
                    return
                with contextlib.suppress(OSError):
                    self.send_response(status)
                    if 300 <= status < 400:
                        self.send_header("Location", gateway.url + "/elsewhere")
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if tls else "http"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}/sms"

    def texts(self):
        return [body["text"] for _, body in self.received]

    def close(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
