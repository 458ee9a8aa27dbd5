"""Asks each server for something that needs no database, all the time: a thread that is stuck answers late."""
# SPDX-License-Identifier: Apache-2.0
import socket
import threading
import time

CONNECTIONS = 6  # of each server: the kernel spreads them over its request threads
PAUSE_S = 0.1
QUESTION = b"GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Watch(threading.Thread):
    def __init__(self, ports, host="127.0.0.1"):
        super().__init__(name="watch", daemon=True)
        self.host, self.ports = host, ports
        self.sockets = {}
        self.longest_s = 0.0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(PAUSE_S):
            for port in self.ports:
                for number in range(CONNECTIONS):
                    self._ask(port, number)

    def _ask(self, port, number):
        began = time.monotonic()
        try:
            known = self.sockets.get((port, number))
            if known is None:
                known = self.sockets[port, number] = socket.create_connection((self.host, port), timeout=30)
            known.sendall(QUESTION)
            if not known.recv(65536):
                raise ConnectionResetError
        except OSError as error:
            if isinstance(error, TimeoutError):
                self.longest_s = max(self.longest_s, time.monotonic() - began)
            self._forget(port, number)
            return
        self.longest_s = max(self.longest_s, time.monotonic() - began)

    def _forget(self, port, number):
        known = self.sockets.pop((port, number), None)
        if known is not None:
            known.close()

    def end(self):
        self.ended.set()
        self.join()
        for known in self.sockets.values():
            known.close()
