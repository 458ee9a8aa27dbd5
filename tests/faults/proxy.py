"""Stands between the program and PostgreSQL, and cuts, freezes, delays or half-closes what goes through it."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import queue
import selectors
import socket
import struct
import threading
import time

CHUNK_BYTES = 65536
RESET = struct.pack("ii", 1, 0)


class Way:
    """One direction of a pair: what was read and not passed on yet."""

    def __init__(self, source, sink):
        self.source, self.sink = source, sink
        self.pending = b""
        self.due_at = 0.0
        self.source_ended = False
        self.passed_bytes = 0


class Pair:
    def __init__(self, client, server):
        self.client, self.server = client, server
        self.ways = (Way(client, server), Way(server, client))
        self.cut_after_bytes = None  # of what PostgreSQL answers: in the middle of a message, most likely
        for one in (client, server):
            one.setblocking(False)

    def close(self, with_reset):
        for one in (self.client, self.server):
            if with_reset:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            one.close()


class Proxy:
    """Listens on a TCP port; `upstream` is the path of PostgreSQL's socket. All work is done by one thread."""

    def __init__(self, upstream, host="127.0.0.1"):
        self.upstream = str(upstream)
        self.listener = socket.create_server((host, 0), backlog=128)
        self.host, self.port = host, self.listener.getsockname()[1]
        self.listener.setblocking(False)
        self.pairs = []
        self.frozen = self.refusing = self.ended = False
        self.delay_s = 0.0
        self.commands = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def url(self, database, user="postgres"):
        return f"host={self.host} port={self.port} user={user} dbname={database}"

    def _do(self, command):
        done = threading.Event()
        self.commands.put((command, done))
        assert done.wait(10), "the proxy stands still"

    def cut(self, chosen=lambda pairs: pairs, with_reset=True):
        """Closes pairs: with RST, or with FIN to both sides. Says how many."""
        cut = []

        def command():
            for pair in chosen(list(self.pairs)):
                self._drop(pair, with_reset)
                cut.append(pair)

        self._do(command)
        return len(cut)

    def cut_in_the_middle(self, chosen, after_bytes):
        """Each chosen pair is reset once PostgreSQL has answered so many more bytes."""

        def command():
            for pair in chosen(list(self.pairs)):
                pair.cut_after_bytes = pair.ways[1].passed_bytes + after_bytes

        self._do(command)

    def half_close(self, chosen=lambda pairs: pairs):
        """PostgreSQL is told that nothing more comes, and its answers still pass."""

        def command():
            for pair in chosen(list(self.pairs)):
                with contextlib.suppress(OSError):
                    pair.server.shutdown(socket.SHUT_WR)

        self._do(command)

    def freeze(self):
        self._do(lambda: setattr(self, "frozen", True))

    def thaw(self):
        self._do(lambda: setattr(self, "frozen", False))

    def delay(self, seconds):
        self._do(lambda: setattr(self, "delay_s", seconds))

    def refuse(self, refusing):
        """New connections are closed at once."""
        self._do(lambda: setattr(self, "refusing", refusing))

    def close(self):
        self._do(lambda: setattr(self, "ended", True))
        self.thread.join()

    def _run(self):
        while not self.ended:
            with contextlib.suppress(queue.Empty):
                while True:
                    command, done = self.commands.get_nowait()
                    command()
                    done.set()
            self._turn()
        for pair in self.pairs:
            pair.close(with_reset=False)
        self.listener.close()

    def _turn(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            now = time.monotonic()
            for pair in [] if self.frozen else self.pairs:
                self._watch(selector, pair, now)
            ready = selector.select(0.002)
        for key, events in ready:
            if key.fileobj is self.listener:
                self._accept()
            elif key.data in self.pairs:
                self._serve(key.data, key.fileobj, events)

    @staticmethod
    def _watch(selector, pair, now):
        wanted = {pair.client: 0, pair.server: 0}
        for way in pair.ways:
            if not way.pending and not way.source_ended:
                wanted[way.source] |= selectors.EVENT_READ
            if way.pending and now >= way.due_at:
                wanted[way.sink] |= selectors.EVENT_WRITE
        for one, events in wanted.items():
            if events:
                selector.register(one, events, pair)

    def _accept(self):
        with contextlib.suppress(OSError):
            client, _ = self.listener.accept()
            if self.refusing:
                client.close()
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.upstream)
            except OSError:
                client.close()
                server.close()
                return
            self.pairs.append(Pair(client, server))

    def _drop(self, pair, with_reset):
        pair.close(with_reset)
        self.pairs.remove(pair)

    def _serve(self, pair, ready, events):
        try:
            for way in pair.ways:
                if way.source is ready and events & selectors.EVENT_READ:
                    self._read(way)
                if way.sink is ready and events & selectors.EVENT_WRITE:
                    self._write(pair, way)
        except BlockingIOError:
            return
        except OSError:
            self._drop(pair, with_reset=False)
            return
        if all(way.source_ended for way in pair.ways):
            self._drop(pair, with_reset=False)

    def _read(self, way):
        way.pending = way.source.recv(CHUNK_BYTES)
        way.due_at = time.monotonic() + self.delay_s
        if not way.pending:
            way.source_ended = True
            way.sink.shutdown(socket.SHUT_WR)

    def _write(self, pair, way):
        allowed = len(way.pending)
        if pair.cut_after_bytes is not None and way is pair.ways[1]:
            allowed = max(0, min(allowed, pair.cut_after_bytes - way.passed_bytes))
        sent = way.sink.send(way.pending[:allowed]) if allowed else 0
        way.pending = way.pending[sent:]
        way.passed_bytes += sent
        if pair.cut_after_bytes is not None and pair.ways[1].passed_bytes >= pair.cut_after_bytes:
            raise ConnectionResetError("cut in the middle")
