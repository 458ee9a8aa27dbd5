"""Seals and opens values as server/crypto does: a second implementation, for tests that write sealed columns themselves."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def unwrap(connection, master_key_file, purpose):
    """(version, the newest key of that purpose); `connection` is the database's owner."""
    master = bytes.fromhex(pathlib.Path(master_key_file).read_text(encoding="ascii"))
    version, wrapped = connection.execute(
        "SELECT version, wrapped FROM data_key WHERE purpose = %s AND retired_at IS NULL ORDER BY version DESC LIMIT 1",
        [purpose],
    ).fetchone()
    associated = f"data_key.wrapped {purpose} {version}".encode()
    return version, AESGCM(master).decrypt(wrapped[1:13], wrapped[13:], associated)


class Sealer:
    def __init__(self, connection, master_key_file):
        """`connection` is the database's owner."""
        self.version, key = unwrap(connection, master_key_file, "seal_person")
        self.key = AESGCM(key)

    def associated(self, column, row_id):
        return b"\x01" + self.version.to_bytes(2, "big") + column.encode() + b"\0" + row_id.bytes

    def seal(self, column, row_id, plain):
        nonce = secrets.token_bytes(12)
        header = b"\x01" + self.version.to_bytes(2, "big")
        return header + nonce + self.key.encrypt(nonce, plain, self.associated(column, row_id))

    def open(self, column, row_id, sealed):
        return self.key.decrypt(sealed[3:15], sealed[15:], self.associated(column, row_id))
