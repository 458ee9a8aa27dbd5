"""An import that is killed at any moment is finished by running it again: nothing is lost, nothing is posted twice."""
# SPDX-License-Identifier: Apache-2.0
import random
import signal
import time

import pytest
from importing import contribution, enrolment, opening

PEOPLE, KILLS = 60, 12
SMALL_SLICES = {"YIBAO_IMPORT_SLICE_ROWS": "20"}
FILES = {
    "enrolments": [enrolment(n, card_number=f"CARD{n:05d}") for n in range(PEOPLE)],
    "opening-balances": [opening(n, as_of="2023-03-01") for n in range(0, PEOPLE, 2)],
    "contributions": [contribution(n, period=f"{year}-{month:02d}", personal_yuan=f"{n}.{month:02d}")
                      for n in range(PEOPLE) for year in (2023, 2024) for month in range(1, 13)]
                     + [contribution(n, kind="refund", period="2024-12", personal_yuan="-0.50") for n in range(1, PEOPLE)],
}


def kill_a_few_times(books, kind, path, seed):
    """Kills the import KILLS times, at moments spread over the time that it takes; says how often it was really cut short."""
    chance, cut = random.Random(seed), 0
    begin = time.monotonic()
    process = books.start(kind, path, **SMALL_SLICES)
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    cut += process.wait() != 0
    whole_s = max(0.3, time.monotonic() - begin)
    for _ in range(KILLS):
        process = books.start(kind, path, **SMALL_SLICES)
        end = time.monotonic() + chance.uniform(0, 2 * whole_s)
        while time.monotonic() < end and process.poll() is None:
            time.sleep(0.005)
        process.kill()
        cut += process.wait() != 0
    return cut


def test_killed_and_run_again_equals_uninterrupted(new_books):
    straight, killed = new_books(), new_books()
    cut = 0
    for seed, (kind, rows) in enumerate(FILES.items()):
        path = straight.write(kind, rows)
        straight.good(kind, path)
        cut += kill_a_few_times(killed, kind, path, seed)
        killed.good(kind, path, **SMALL_SLICES)
    assert cut > 0
    assert killed.content() == straight.content()
    killed.audit()
    straight.audit()
    unfinished = "SELECT count(*) FROM import_run WHERE state IN ('checking', 'posting')"
    assert killed.one(unfinished) == 0
    assert killed.one("SELECT sum(rows_posted) FROM import_run") == sum(map(len, FILES.values()))


def test_connections_cut_while_posting(new_books):
    books = new_books()
    books.good("enrolments", FILES["enrolments"])
    path = books.write("contributions", FILES["contributions"])
    codes = []
    for _ in range(3):
        process = books.start("contributions", path, YIBAO_IMPORT_SLICE_ROWS="5")
        end = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < end:
            if books.one("SELECT coalesce(max(rows_posted), 0) FROM import_run WHERE state = 'posting'") > 0:
                books.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                          " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
        codes.append(process.wait(timeout=60))
    assert all(code in (0, 1) for code in codes)
    books.good("contributions", path)
    books.audit()
    assert books.one("SELECT count(*) FROM contribution") == len(FILES["contributions"])


@pytest.mark.parametrize("kind", ["contributions", "enrolments"])
def test_two_imports_at_once_wait_for_each_other(new_books, kind):
    books = new_books()
    if kind == "contributions":
        books.good("enrolments", FILES["enrolments"])
    path = books.write(kind, FILES[kind])
    processes = [books.start(kind, path, **SMALL_SLICES) for _ in range(3)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    assert books.one("SELECT sum(rows_posted) FROM import_run WHERE kind = %s", kind) == len(FILES[kind])
    books.audit()
