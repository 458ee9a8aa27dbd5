"""ops/prometheus: rules that name nothing that is not told, with a case and a paragraph for each. `make alerts` runs promtool."""
# SPDX-License-Identifier: Apache-2.0
import re
import subprocess

import httpx
import yaml
from tests.harness.database import BINARY
from tests.harness.server import ROOT, wait_until

PLACE = ROOT / "ops/prometheus"
NAME = re.compile(r"\b(?:yibaod|process|node|probe)_\w+|\bup\b")
LABEL = re.compile(r'(\w+)\{([^}]*)\}')
# Of Prometheus itself, of the node exporter and of the blackbox exporter.
OTHERS = {"up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes", "probe_ssl_earliest_cert_expiry"}
ARCHIVE = "yibaod_postgresql_archive_age_seconds"  # only with an archive: test_backup.py looks for it
REPLICA = "yibaod_replica_lag_seconds"  # only with a replica: test_replica.py looks for it


def rules():
    (group,) = yaml.safe_load((PLACE / "yibaod.rules.yml").read_text(encoding="utf-8"))["groups"]
    return group["rules"]


def told(text):
    return {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line and not line.startswith("#")}


def test_every_name_and_label_is_told(server, api, main_database, tmp_path):
    assert api.get("/v1/regions/110000").status_code == 200
    wait_until(lambda: "yibaod_sweep_late_seconds" in httpx.get(f"{server.ops_url}/metrics").text, "what sweeps measure")
    metrics = httpx.get(f"{server.ops_url}/metrics").text
    path = tmp_path / "audit.prom"
    done = subprocess.run(
        [BINARY, "audit", "--metrics", path], cwd=ROOT, env=main_database.environment, capture_output=True, timeout=300, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    known = told(metrics) | told(path.read_text(encoding="ascii")) | OTHERS | {ARCHIVE, REPLICA}
    for rule in rules():
        names = set(NAME.findall(rule["expr"]))
        assert names, rule
        assert names <= known, f"{rule['alert']}: nobody tells {names - known}"
        for name, labels in LABEL.findall(rule["expr"]):
            for label, value in re.findall(r'(\w+)="(\w+)"', labels):
                if name not in OTHERS and label != "job":
                    assert re.search(rf'^{name}\{{.*{label}="{value}"', metrics, re.M), f"{rule['alert']}: no {label}={value}"


def test_the_server_says_that_it_is_ready(server):
    assert "\nyibaod_ready 1\n" in httpx.get(f"{server.ops_url}/metrics").text


def test_problems_are_counted(server, api):
    def count():
        found = re.search(r'yibaod_http_problems_total\{code="not_found"\} (\d+)', httpx.get(f"{server.ops_url}/metrics").text)
        return int(found[1]) if found else 0

    before = count()
    assert api.get("/v1/regions/999999").status_code == 404
    assert count() > before


def test_an_audit_that_is_not_whole_leaves_no_file(main_database, tmp_path):
    command = [BINARY, "audit", "--only-journal", "--journal", "none.jsonl", "--metrics", tmp_path / "audit.prom"]
    assert subprocess.run(command, cwd=ROOT, env=main_database.environment, capture_output=True, timeout=60, check=False).returncode == 2
    unreachable = {**main_database.environment, "DATABASE_URL": f"host={tmp_path}"}
    command = [BINARY, "audit", "--metrics", tmp_path / "audit.prom"]
    assert subprocess.run(command, cwd=ROOT, env=unreachable, capture_output=True, timeout=60, check=False).returncode == 4
    assert not list(tmp_path.iterdir())


def test_every_rule_has_a_case_and_a_paragraph():
    alerts = [rule["alert"] for rule in rules()]
    cases = yaml.safe_load((PLACE / "yibaod.rules.test.yml").read_text(encoding="utf-8"))["tests"]
    fired = [test["alertname"] for case in cases for test in case["alert_rule_test"] if test["exp_alerts"]]
    quiet = yaml.safe_load((PLACE / "quiet.rules.test.yml").read_text(encoding="utf-8"))["tests"]
    silent = [test["alertname"] for case in quiet for test in case["alert_rule_test"]]
    page = (ROOT / "docs/operations/alerts.md").read_text(encoding="utf-8")
    assert alerts == fired == silent == re.findall(r"^### (\w+)$", page, re.M)
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["runbook"] == f"docs/operations/alerts.md#{rule['alert'].lower()}"
