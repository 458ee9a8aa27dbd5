"""What a server in trouble looks like to the proxy: ready or not, and gone in the middle of a request."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import http.server
import socket
import threading


class Upstream:
    """Reads each request and closes without an answer; `requests` are their first lines. `is_ready` is what /readyz says."""

    def __init__(self):
        self.host = "127.0.0.1"
        self.requests = []
        self.is_ready = True
        self.listener = socket.create_server((self.host, 0))
        self.port = self.listener.getsockname()[1]
        self.ops = http.server.ThreadingHTTPServer((self.host, 0), self.health())
        self.ops_port = self.ops.server_address[1]
        threading.Thread(target=self.ops.serve_forever, daemon=True).start()
        threading.Thread(target=self.accept, daemon=True).start()

    def health(upstream):
        class Health(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if upstream.is_ready else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Health

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, contextlib.suppress(OSError):
                    data = connection.recv(65536)
                    if data:
                        self.requests.append(data.split(b"\r\n")[0].decode())

    def close(self):
        self.listener.close()
        self.ops.shutdown()
        self.ops.server_close()
