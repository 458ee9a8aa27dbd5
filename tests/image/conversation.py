"""What is said to the running compose file, and to tests/machine: docs/admin.md by bash and curl, a charge, and the audit of the books."""
# SPDX-License-Identifier: Apache-2.0
import re
import uuid

from tests.harness.server import ROOT
from tests.http.test_admin_cookbook import MARK, blocks, pattern

# Its first section starts a server by hand, and its last block stops it.
FIRST, LAST = 2, -1
PROGRAM = """#!/bin/sh
exec docker-compose -f {compose} exec -T server1 yibaod "$@" </dev/null
"""


def check_cookbook(together):
    chosen = blocks()[FIRST:LAST]
    assert "yibaod token create" in chosen[1][0], "docs/admin.md has changed its beginning"
    lines = ["set -euo pipefail"]
    for number, (commands, _) in enumerate(chosen):
        lines += [f"echo '{MARK.format(number)}'", commands.replace("API=http://$YIBAO_LISTEN", f"API={together.api}")]
    printed = bash(together, "\n".join(lines))
    for (commands, expected), output in zip(chosen, re.split(r"^@@ block \d+ @@\n", printed, flags=re.M)[1:], strict=True):
        wanted = pattern(expected) if expected is not None else r"\s*"
        assert re.fullmatch(wanted, output, re.S), f"{commands}\nprinted\n{output}\ninstead of\n{expected}"


def bash(together, script):
    """With `yibaod` on the path: the one in the first server's container."""
    directory = together.podman.directory / "shell"
    directory.mkdir(exist_ok=True)
    program = directory / "yibaod"
    program.write_text(getattr(together, "program", PROGRAM.format(compose=ROOT / "docker/compose.yaml")))
    program.chmod(0o755)
    environment = {
        **together.environment,
        "PATH": f"{directory}:{together.podman.environment['PATH']}",
        "CURL_CA_BUNDLE": str(together.secrets / "tls.pem"),
    }
    return together.podman.run("bash", "-c", script, cwd=directory, environment=environment).stdout


def token(together, *options):
    return together.compose("exec", "-T", "server1", "yibaod", "token", "create", *options).stdout.strip()


def check_charge(together):
    """By the two numbers of the person of docs/admin.md, sent twice as after a lost answer."""
    security = token(together, "--kind", "staff", "--role", "security", "--region", "000000", "--label", "second officer")
    with together.client() as client:
        pharmacy = {
            "kind": "provider", "name": "麦积区第一药房", "regions": ["620500"], "institution_type": "pharmacy",
            "institution_code": "P62050300001",
        }  # fmt: skip
        made = post(client, security, "/v1/admin/clients", pharmacy)
        named = {"kind": "client", "subject_id": made["client_id"], "label": "till 3"}
        till = post(client, security, "/v1/admin/tokens", named)["token"]
        sale = {
            "citizen_number": "34052419800101001X", "card_number": "A12345678", "amount_fen": 4200, "usage": "medicine",
            "item": "阿莫西林胶囊", "charge_no": "MZ20261122-000017", "capture": True,
        }  # fmt: skip
        key = {"Idempotency-Key": str(uuid.uuid4())}
        first, again = (post(client, till, "/v1/charges", sale, key) for _ in range(2))
    assert first["charge_id"] == again["charge_id"] and first["amount_fen"] == 4200
    check_books(together, charges=1)


def post(client, bearer, path, body, headers=None):
    answer = client.post(path, json=body, headers={"Authorization": f"Bearer {bearer}", **(headers or {})})
    assert answer.status_code == 201, answer.text
    return answer.json()


def check_books(together, charges=1):
    shown = together.compose("exec", "-T", "server1", "yibaod", "audit").stdout
    assert "every fen is explained: no faults" in shown, shown
    assert re.search(rf"^charges +{charges}$", shown, re.M), shown
