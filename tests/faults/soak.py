"""Hours of mixed work with kills in between (`make soak`): memory, descriptors and tables must stay flat, and the books right."""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import types

from tests.faults import credit_runs, flat
from tests.faults.desks import Desk
from tests.faults.figures import HEADER
from tests.faults.importers import FileImporter, Importer
from tests.faults.offices import Office
from tests.faults.readers import Reader
from tests.faults.scenarios import told_the_truth
from tests.faults.sign_ins import Citizens
from tests.faults.storm import Storm
from tests.faults.world import World
from tests.harness.database import BINARY
from tests.harness.server import Server, wait_until

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNTS, FEW, QUIET = 2000, 40, 5  # those charged by clients who remember, those that nothing happens to; the rest is wrk's
CONNECTIONS = 32  # of wrk, to each server
PEAK_S = 10
SHARE = 0.7  # of the peak, where no rate is asked for
RETIRE = "UPDATE enrolment SET retired_on = '2022-06-15' WHERE person_key IN (SELECT person_key FROM account WHERE account_id = ANY (%s::uuid[]))"


class Wrk:
    """Charges at a pace from outside, of which only the auditor keeps count; one process for each server."""

    def __init__(self, world, ports, provider):
        self.ports, self.running = ports, []
        self.path = world.directory / "wrk.txt"
        self.path.write_text("\n".join([provider.token, *world.accounts[FEW:-QUIET]]) + "\n", encoding="utf-8")

    def start(self, seconds, rate, name):
        pause_ms = 0 if rate is None else round(CONNECTIONS * len(self.ports) * 1000 / rate)
        for port in self.ports:
            self.running.append(subprocess.Popen(
                ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", HERE / "soak.lua",
                 f"http://127.0.0.1:{port}", "--", str(self.path), f"{name}-{port}", str(pause_ms)],
                stdout=subprocess.PIPE, text=True))  # fmt: skip

    def wait(self):
        """What both came to: requests a second, and what was refused or cut off."""
        told = []
        while self.running:
            out = self.running.pop().communicate()[0]
            told.append(json.loads(next(line for line in out.splitlines() if line.startswith("{"))))
        return {"per_second": sum(one["requests"] / (one["duration_us"] / 1e6) for one in told),
                **{name: sum(one[name] for one in told) for name in ("requests", "refused", "cut")},
                "p99_ms": max(one["p99_us"] for one in told) / 1000}  # fmt: skip

    def end(self):
        for process in self.running:
            process.kill()
            process.wait()


class Workers:
    """`yibaod work` twice: one is killed now and then."""

    def __init__(self, storm):
        self.storm = storm
        self.processes = [self._start(0), self._start(1)]

    def _start(self, index):
        path = self.storm.world.directory / f"server-worker-{index}.log"
        process = Server(BINARY, self.storm.environment, path, command="work")
        wait_until(lambda: process.ready_status() == 200, f"a worker; log {path}", 120, 0.05)
        return process

    def kill_one(self):
        self.processes[1].process.kill()
        self.processes[1].process.wait()
        self.processes[1] = self._start(1)

    def end(self):
        for process in self.processes:
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait()


class Credits(Office):
    """Monthly runs of the accounts that wrk charges, one after the other, asked of the server that is never killed."""

    def prepare(self):
        with self.world.sql() as sql:
            sql.execute(credit_runs.ENTER.split(";", 1)[1])
            sql.execute(RETIRE, [self.world.accounts[FEW:-QUIET]])
        self.told = types.SimpleNamespace(
            seed=self.storm.seed, port=self.ports[0], sql=self.rows,
            tokens={role: self.staff(role).token for role in ("operator", "reviewer")})  # fmt: skip
        self.clerk = credit_runs.Clerk(self.told)
        self.clerk.start()

    def _one(self):
        assert self.clerk.error is None, repr(self.clerk.error)
        time.sleep(0.2)

    def check(self):
        credit_runs.settle(self.told, self.clerk)
        [(lost, doubled, wrong, credits)] = self.rows(credit_runs.WRONG)
        told = f"of {credits} credits {lost} lost, {doubled} doubled, {wrong} wrong"
        assert (lost, doubled, wrong) == (0, 0, 0), f"{told}: {self.rows(credit_runs.ODD)}"
        self.storm.tally.count["credits"] += credits


def go_on(storm, workers, seconds, kill_every_s):
    """SIGKILL of the second server or worker, or a session terminated, at moments of the seed's choosing."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        storm.under_load(0, min(2 * kill_every_s, max(0, end - time.monotonic())))
        what = storm.rng.choice(("server killed", "worker killed", "sessions terminated"))
        if what == "server killed":
            storm.kill_server(1)
            storm.start_server(1)
        elif what == "worker killed":
            workers.kill_one()
        else:
            pids = storm.world.postgres.backends()
            storm.world.postgres.terminate(storm.rng.sample(pids, min(3, len(pids))))
        storm.did(what)


def soak(directory, options):
    settings = {"YIBAO_SMS_GATEWAY": f"file:{directory / 'sms.jsonl'}"}
    offices = (Reader, Reader, Desk, Importer, FileImporter, Citizens, Credits)
    with World(directory, ACCOUNTS, providers=4) as world:
        provider, world.providers = world.providers[-1], world.providers[:-1]
        storm = Storm(world, options.seed, clients=6, servers=2, few=FEW, pause_s=0.05, settings=settings, name="soak", offices=offices)
        wrk, workers = Wrk(world, storm.ports, provider), None
        try:
            with storm:
                workers = Workers(storm)
                peak = None
                if options.rate is None:
                    wrk.start(PEAK_S, None, "peak")
                    peak = wrk.wait()["per_second"]
                rate = options.rate or SHARE * peak
                print(f"peak {peak}, rate {rate}", file=sys.stderr, flush=True)
                samples = flat.Samples(world, {"server": storm.servers[0], "worker": workers.processes[0]}, options.samples)
                samples.start()
                seconds = options.hours * 3600
                wrk.start(seconds, rate, "soak")
                go_on(storm, workers, seconds, options.kill_every)
                done = wrk.wait()
                samples.end()
            return report(storm, samples, done, peak, options)
        finally:
            wrk.end()
            if workers:
                workers.end()


def report(storm, samples, done, peak, options):
    figures = told_the_truth(storm, dies=True)
    print(HEADER, figures.row("soak"), sep="\n")
    asked_s = (done["requests"] + storm.tally.count["requests"]) / (options.hours * 3600)
    print(f"\n{options.hours} h, {asked_s:.0f} requests a second (wrk {done}, peak {peak}); {dict(storm.tally.count)}\n")
    print("| what | first | last | growth an hour | flat |\n| --- | --- | --- | --- | --- |")
    judged = samples.judge()
    for what, first, last, growth, is_flat in judged:
        unit = (1 << 20, " MiB") if what.startswith(("memory", "size")) else (1, "")
        told = [f"{value / unit[0]:,.2f}{unit[1]}" for value in (first, last, growth)]
        print("|", " | ".join([what, *told, "yes" if is_flat else "**no**"]), "|")
    return [what for what, *_, is_flat in judged if not is_flat]


def main():
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--rate", type=float, help="requests a second of wrk; otherwise 70 % of what it gets when it does not wait")
    parser.add_argument("--kill-every", type=float, default=20, help="seconds between two kills, on the average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=pathlib.Path, default=pathlib.Path("var/soak.csv"))
    options = parser.parse_args()
    options.samples.parent.mkdir(parents=True, exist_ok=True)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="yibao-soak-"))
    directory.chmod(0o755)
    print(f"kept in {directory} if it fails", file=sys.stderr, flush=True)
    grown = soak(directory, options)
    if grown:
        sys.exit(f"not flat: {', '.join(grown)}; {directory}")
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
