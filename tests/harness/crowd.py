"""Threads that do the same side by side, while a test does something to what they use."""
# SPDX-License-Identifier: Apache-2.0
import threading


class Crowd:
    """
    `with Crowd(8, act):` has eight threads call act(number) again and again until the block ends. Whoever keeps something
    for each thread, such as a connection, overrides `run` and looks at `stop`.
    """

    def __init__(self, count, act=None):
        self.act = act
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=[number]) for number in range(count)]

    def run(self, number):
        while not self.stop.is_set():
            self.act(number)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()
