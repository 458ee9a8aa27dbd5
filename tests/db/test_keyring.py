"""Keys in the database and the master key in its file: made together, refused apart."""
# SPDX-License-Identifier: Apache-2.0
import os
import secrets
import stat

import pytest

PURPOSES = {
    "seal_person", "hash_citizen_number", "hash_card_number", "hash_phone", "hash_name", "sign_cursor", "hash_code",
    "hash_attempt", "pepper_credential", "hash_content",
}


@pytest.fixture
def keyed(empty, tmp_path):
    result = empty.run("migrate")
    assert result.returncode == 0, result.stderr
    empty.key_file = tmp_path / "master.key"
    return empty


def rows(program):
    with program.cluster.connect(program.database) as connection:
        return connection.execute("SELECT purpose, version, wrapped FROM data_key ORDER BY 1, 2").fetchall()


def test_keys_and_file_are_made_once(keyed):
    assert stat.S_IMODE(keyed.key_file.stat().st_mode) == 0o600
    before, file = rows(keyed), keyed.key_file.read_bytes()
    assert {row[0] for row in before} == PURPOSES
    assert len({row[2] for row in before}) == len(PURPOSES)
    assert keyed.run("migrate").returncode == 0
    assert (rows(keyed), keyed.key_file.read_bytes()) == (before, file)


def test_no_key_stands_in_the_clear(keyed):
    master = bytes.fromhex(keyed.key_file.read_text())
    assert all(master not in row[2] for row in rows(keyed))


def test_missing_key_is_made_with_the_same_master_key(keyed):
    before = rows(keyed)
    with keyed.cluster.connect(keyed.database) as connection:
        connection.execute("DELETE FROM data_key WHERE purpose = 'hash_phone'")
    assert keyed.run("migrate").returncode == 0
    after = rows(keyed)
    assert [row for row in after if row[0] != "hash_phone"] == [row for row in before if row[0] != "hash_phone"]
    assert len(after) == len(before)


def wrong_key(program):
    program.key_file.write_text(secrets.token_hex(32) + "\n")


def lost_file(program):
    program.key_file.unlink()


def open_file(program):
    program.key_file.chmod(0o640)


def torn_file(program):
    program.key_file.write_text(program.key_file.read_text()[:40])


def swapped_rows(program):
    with program.cluster.connect(program.database) as connection:
        connection.execute("""
            UPDATE data_key SET wrapped = other.wrapped FROM data_key AS other
            WHERE data_key.purpose = 'hash_name' AND other.purpose = 'hash_phone'""")


def flipped_bit(program):
    with program.cluster.connect(program.database) as connection:
        connection.execute(
            "UPDATE data_key SET wrapped = set_bit(wrapped, 200, 1 - get_bit(wrapped, 200)) WHERE purpose = 'seal_person'"
        )


SPOILED = [wrong_key, lost_file, open_file, torn_file, swapped_rows, flipped_bit]


@pytest.mark.parametrize("spoil", SPOILED)
def test_spoiled_keys_stop_migrate(keyed, spoil):
    spoil(keyed)
    before = rows(keyed)
    file = keyed.key_file.read_bytes() if keyed.key_file.exists() else None
    result = keyed.run("migrate")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and "master key file" in result.stderr
    assert rows(keyed) == before, "nothing was made over"
    assert (keyed.key_file.read_bytes() if keyed.key_file.exists() else None) == file


@pytest.mark.parametrize("spoil", SPOILED)
def test_spoiled_keys_stop_serve(keyed, spoil):
    spoil(keyed)
    keyed.environment |= {"YIBAO_LISTEN": "127.0.0.1:0", "YIBAO_OPS_LISTEN": "127.0.0.1:0"}
    result = keyed.run("serve")
    assert result.returncode == 1
    assert "master key file" in result.stderr


def test_unwritable_place_is_told(empty, tmp_path):
    empty.environment["YIBAO_MASTER_KEY_FILE"] = str(tmp_path / "absent" / "master.key")
    result = empty.run("migrate")
    assert result.returncode == 1
    assert "cannot create master key file" in result.stderr
    assert rows(empty) == []
    assert not os.path.exists(tmp_path / "absent")
