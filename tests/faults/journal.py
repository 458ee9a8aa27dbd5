"""What clients sent and were told, in the form of docs/auditing.md: each line is written before the next thing happens."""
# SPDX-License-Identifier: Apache-2.0
import json
import threading


class Journal:
    """Of all clients of a storm; `complete_for`: providers that send nothing but what is written here."""

    def __init__(self, path, complete_for):
        self.path = path
        self.file = path.open("w", encoding="utf-8")
        self.lock = threading.Lock()
        self._write({"event": "begin", "version": 1, "complete_for": complete_for})

    def _write(self, line):
        text = json.dumps(line, separators=(",", ":")) + "\n"
        with self.lock:
            self.file.write(text)
            self.file.flush()

    def sent(self, request):
        self._write({"event": "sent", **request.told()})

    def received(self, request, answer):
        said = {"status": answer.status, "replayed": answer.is_replayed, "reply": answer.body}
        self._write({"event": "received", **request.told(), **said})

    def close(self):
        self.file.close()
