"""One measurement each: a wrk run, a pgbench run, CPU time and memory of processes."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
THREADS = 2  # of wrk and pgbench: one for each core


def run(command, **options):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def medians(results):
    keys = results[0].keys()
    return {key: statistics.median(result[key] for result in results) for key in keys}


def wrk(port, seconds, script, *arguments, connections=64):
    """Requests per second, latencies in microseconds, and wrk's own CPU time per request."""
    before_s = ended_children_cpu_s()
    out = run(["wrk", "-t", min(THREADS, connections), "-c", connections, "-d", f"{seconds}s", "--timeout", "10s",
               "-s", HERE / "wrk" / script, f"http://127.0.0.1:{port}", "--", *arguments])
    result = json.loads(next(line for line in out.splitlines() if line.startswith("{")))
    result["per_second"] = result["requests"] / (result["duration_us"] / 1e6)
    result["client_cpu_us"] = (ended_children_cpu_s() - before_s) * 1e6 / max(1, result["requests"])
    return result


def pgbench(stand, database, script, seconds, clients, variables=()):
    """Transactions per second of one script of prepared statements, and pgbench's own CPU time for each."""
    before_s = ended_children_cpu_s()
    out = run(["pgbench", "-n", "-M", "prepared", "-h", stand.socket_directory, "-U", "postgres", "-f", script,
               *(word for name, value in variables for word in ("-D", f"{name}={value}")),
               "-T", seconds, "-c", clients, "-j", THREADS, database])
    requests = int(re.search(r"actually processed: (\d+)", out).group(1))
    return {
        "per_second": float(re.search(r"^tps = ([0-9.]+)", out, re.M).group(1)),
        "requests": requests, "client_cpu_us": (ended_children_cpu_s() - before_s) * 1e6 / max(1, requests),
    }


def descendants(pid):
    """The process and its children, as process ids."""
    pids = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            for child in (task / "children").read_text().split():
                pids += descendants(int(child))
    return pids


def cpu_s(pid):
    """CPU seconds that a process and its children have used so far, those included that have ended."""
    ticks = 0
    for each in descendants(pid):
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS_PER_S


def ended_children_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_kib(pid):
    """Resident and proportional memory."""
    status = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name.lower(): int(re.search(rf"^{name}:\s+(\d+) kB", status, re.M).group(1)) for name in ("Rss", "Pss")}


@contextlib.contextmanager
def system_calls(pid, directory):
    """Counts system calls of a process and its children meanwhile: by perf, hardly felt, else by strace."""
    result, pids = {}, [str(each) for each in descendants(pid)]
    if perf_counts():
        out = directory / "perf.txt"
        command = ["perf", "stat", "-x,", "-o", str(out), "-e", "raw_syscalls:sys_enter", "-p", ",".join(pids)]
    elif shutil.which("strace"):
        out = directory / "strace.txt"
        command = ["strace", "-c", "-f", "-q", "-o", str(out), *(word for each in pids for word in ("-p", each))]
    else:
        yield result
        return
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        tracer.wait(1)  # attached by now; ending this soon means it could not
    except subprocess.TimeoutExpired:
        pass
    try:
        yield result
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(30)
    result["by"] = command[0]
    result["calls"] = counted_calls(command[0], out.read_text() if out.exists() else "")


def perf_counts():
    if shutil.which("perf") is None:
        return False
    probe = subprocess.run(["perf", "stat", "-e", "raw_syscalls:sys_enter", "true"], capture_output=True, text=True)
    return probe.returncode == 0 and "not supported" not in probe.stderr


def counted_calls(tracer, text):
    if tracer == "perf":
        match = re.search(r"^(\d+),.*raw_syscalls:sys_enter", text, re.M)
    else:
        match = re.search(r"^100\.00\s+\S+\s+\S+\s+(\d+).*total$", text, re.M)
    return int(match.group(1)) if match else None
