"""Memory with thousands of idle connections, and the time from exec to ready."""
# SPDX-License-Identifier: Apache-2.0
import socket
import statistics
import subprocess
import time

import people
from measure import memory_kib
from reads import end_process
from stand import ROOT, YIBAOD, alive, free_port

DATABASE = "bench_footprint"
CONNECTIONS = 5_000
STARTS = 10
TOKENS = 1_000
SETTLE_S = 2
READY_REQUEST = b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"


def ask_and_stay(port, token, number):
    """One balance read on a new connection, which stays open."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(f"GET /v1/accounts/{people.account_id(number)}/balance HTTP/1.1\r\nHost: bench\r\n"
                       f"Authorization: Bearer {token}\r\n\r\n".encode())
    reply = connection.recv(65536)
    assert reply.startswith(b"HTTP/1.1 200 "), reply[:200]
    return connection


def idle_memory(stand, tokens):
    server = stand.serve(DATABASE)
    numbers = sorted(tokens)
    at_start = memory_kib(server.process.pid)
    connections = []
    try:
        for n in range(CONNECTIONS):
            number = numbers[n % len(numbers)]
            connections.append(ask_and_stay(server.port, tokens[number], number))
        time.sleep(SETTLE_S)
        idle = memory_kib(server.process.pid)
    finally:
        for connection in connections:
            connection.close()
        end_process(server)
    return {"connections": CONNECTIONS, "at_start": at_start, "idle": idle}


def is_ready(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(READY_REQUEST)
            return connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def start_ms(stand, log):
    port, ops_port = free_port(), free_port()
    environment = {"PATH": "/usr/bin:/bin", **stand.environment(DATABASE),
                   "YIBAO_LISTEN": f"127.0.0.1:{port}", "YIBAO_OPS_LISTEN": f"127.0.0.1:{ops_port}"}
    begin = time.monotonic()
    process = subprocess.Popen([YIBAOD, "serve"], env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        while not is_ready(ops_port):
            alive(process)
            assert time.monotonic() - begin < 30, "not ready within 30 s"
            time.sleep(0.001)
        return (time.monotonic() - begin) * 1000
    finally:
        process.terminate()
        process.wait(30)


def measure(stand, _options):
    stand.create_migrated_database(DATABASE)
    tokens = people.load(stand, DATABASE, TOKENS, TOKENS)
    with open(stand.directory / "yibaod.log", "ab") as log:
        starts = [start_ms(stand, log) for _ in range(STARTS)]
    return {"memory": idle_memory(stand, tokens), "start_ms": statistics.median(starts), "starts_ms": starts}
