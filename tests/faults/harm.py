"""The harm that is done to a storm: each function does so many rounds of one kind, at moments of the seed's choosing."""
# SPDX-License-Identifier: Apache-2.0
import time

from tests.harness.server import wait_until

MOST_APART_S = 300  # of a server's clock from PostgreSQL's: twice as much between two of them


def kill_servers(storm, rounds):
    """SIGKILL in the middle of requests; started again at once on the same port."""
    for _ in range(rounds):
        storm.under_load(0.01, 0.3)
        index = storm.rng.randrange(len(storm.ports))
        storm.kill_server(index)
        storm.did("server killed")
        storm.start_server(index)


def stop_postgres(storm, rounds):
    """SIGKILL of the postmaster or of one session, or an immediate stop; sometimes it stays away for a moment."""
    postgres = storm.world.postgres
    for _ in range(rounds):
        storm.under_load(0.02, 0.4)
        how = storm.rng.choice(("postmaster killed", "stopped at once", "session killed"))
        if how == "session killed":
            _kill_session(storm)
        else:
            postgres.kill() if how == "postmaster killed" else postgres.stop_at_once()
            time.sleep(storm.rng.choice((0, 0, 0.1, 0.3)))
            postgres.start()
        storm.did(how)
        storm.wait_healthy()


def _kill_session(storm):
    """PostgreSQL throws everybody out, recovers and accepts again by itself."""
    postgres = storm.world.postgres
    pids = wait_until(postgres.backends, f"a session of the program (seed {storm.seed})", 60, 0.01)
    victim = storm.rng.choice(pids)
    postgres.kill_backend(victim)
    wait_until(lambda: _is_gone(victim) and postgres.is_up(), "PostgreSQL to be back", 60, 0.01)


def _is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return ") Z " in file.read()
    except FileNotFoundError:
        return True


def terminate_sessions(storm, rounds):
    """pg_terminate_backend of some or all sessions."""
    postgres = storm.world.postgres
    for _ in range(rounds):
        storm.under_load(0.01, 0.12)
        pids = postgres.backends()
        chosen = storm.rng.sample(pids, storm.rng.randint(1, len(pids))) if pids else []
        storm.did("session terminated", postgres.terminate(chosen))
    storm.wait_healthy()


def cut_connections(storm, proxy, rounds):
    """What a bad network does in between: resets, ends, half-closes, answers torn in the middle, refusals, delays."""
    rng = storm.rng

    def some(pairs):
        return rng.sample(pairs, rng.randint(1, len(pairs))) if pairs else []

    for _ in range(rounds):
        storm.under_load(0.01, 0.15)
        how = rng.choice(("reset", "ended", "half-closed", "torn", "torn", "refused", "delayed"))
        if how in ("reset", "ended"):
            proxy.cut(some, with_reset=how == "reset")
        elif how == "half-closed":
            proxy.half_close(some)
        elif how == "torn":
            proxy.cut_in_the_middle(some, rng.randint(0, 3000))
        elif how == "refused":
            proxy.refuse(True)
            proxy.cut(some)
            storm.under_load(0.05, 0.3)
            proxy.refuse(False)
        else:
            proxy.delay(rng.uniform(0.01, 0.2))
            storm.under_load(0.1, 0.3)
            proxy.delay(0)
        storm.did(f"connections {how}")
    storm.wait_healthy()


def freeze_connections(storm, freeze, thaw, rounds):
    """Nothing passes, and nobody says so: /readyz must tell, and no thread may wait for it."""
    for _ in range(rounds):
        storm.under_load(0.05, 0.5)
        began = time.monotonic()
        freeze()
        for index in range(len(storm.ports)):
            storm.wait_ready(index, wanted=503)
        storm.unready_s.append(time.monotonic() - began)
        storm.under_load(0, 4)
        thaw()
        storm.did("network frozen")
        storm.wait_healthy()


def promote_stand_by(storm, rounds):
    """
    The primary is killed, or is told to take no more writes, before the stand-by is promoted or only afterwards; the
    stand-by is promoted, and gets a new one of its own.
    """
    pair = storm.world.postgres
    for number in range(rounds):
        storm.under_load(0.1, 0.5)
        how = ("primary made read-only", "primary killed", "two primaries for a while")[number % 3]
        old = pair.primary
        if how == "primary killed":
            old.kill()
        elif how == "primary made read-only":
            old.set("default_transaction_read_only", "on")
        pair.change_places()
        if how == "two primaries for a while":
            storm.under_load(0.5, 1.5)
            old.set("default_transaction_read_only", "on")
        storm.did(how)
        storm.wait_healthy()
        old.remove()
        pair.follow()


def jump_clocks(storm, clocks, rounds):
    """A server's time of day is another, by minutes, forward or back, while it works; or it is killed, and is that far off from its start."""
    for _ in range(rounds):
        storm.under_load(0.1, 1.5)
        index = storm.rng.randrange(len(storm.ports))
        is_killed = storm.rng.random() < 0.3
        if is_killed:
            storm.kill_server(index)
        clocks.set(index, storm.rng.choice((0, 0, 1, 1, 1)) * storm.rng.uniform(-MOST_APART_S, MOST_APART_S))
        if is_killed:
            storm.start_server(index)
        storm.did("started with another clock" if is_killed else "clock jumped")
        storm.under_load(1, 2.5)  # a process sees it within a second
    # A lease that was taken by a clock that was ahead is over for the others when theirs has come as far.
    for index in range(len(storm.ports)):
        clocks.set(index, MOST_APART_S)
