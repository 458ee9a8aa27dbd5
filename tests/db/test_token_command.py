"""What `yibaod token create` refuses before it asks the database."""
# SPDX-License-Identifier: Apache-2.0
import pytest

STAFF = ["--kind", "staff", "--role", "operator", "--region", "000000"]
REFUSED = {
    "escape sequence": [*STAFF, "--label", "\x1b[2Jgone"],
    "C1 control": [*STAFF, "--label", "\u009b2J"],
    "second line": [*STAFF, "--label", "a\nb"],
    "no UTF-8": [*STAFF, "--label", b"\xff".decode("utf-8", "surrogateescape")],
    "long label": [*STAFF, "--label", "x" * 129],
    "pattern": ["--kind", "staff", "--role", "operator", "--region", "62%%%%"],
    "role": ["--kind", "staff", "--role", "operator,security,root", "--region", "000000"],
    "client with regions": ["--kind", "client", "--subject", "01890000-0000-7000-8000-000000000001", "--region", "000000"],
    "client without a name": ["--kind", "client"],
    "citizen for ever": ["--kind", "citizen", "--subject", "01890000-0000-7000-8000-000000000001"],
    "past": [*STAFF, "--expires", "2020-01-01T00:00:00Z"],
    "kind": ["--kind", "anonymous"],
}


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED.keys())
def test_refused(migrated, arguments):
    result = migrated.run("token", "create", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("yibaod token: ")
    with migrated.cluster.connect(migrated.database) as connection:
        assert connection.execute("SELECT count(*) FROM token").fetchone() == (0,)


def test_label_may_be_any_text(migrated):
    assert migrated.run("token", "create", *STAFF, "--label", "窗口三号").returncode == 0
    assert migrated.run("token", "list").stdout.endswith("\t窗口三号\n")


def test_a_client_is_registered_first(migrated):
    client_id = "01890000-0000-7000-8000-000000000001"
    refused = migrated.run("token", "create", "--kind", "client", "--subject", client_id)
    assert (refused.returncode, refused.stdout) == (1, "") and "names no registered client" in refused.stderr
    with migrated.cluster.connect(migrated.database) as connection:
        connection.execute(
            "INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)"
            " VALUES (%s, 'hotline', '12393', '{620500}', 'active', now(), now())",
            [client_id],
        )
    assert migrated.run("token", "create", "--kind", "client", "--subject", client_id).returncode == 0
