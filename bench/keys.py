"""Opens a key of the database as server/crypto/key_store.c does, for SQL that does the program's work by hand."""
# SPDX-License-Identifier: Apache-2.0
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
FORMAT = 1


def unwrap(stand, database, purpose):
    master = bytes.fromhex((stand.directory / "master.key").read_text().strip())
    row = stand.psql(database, "-c", "SELECT version, encode(wrapped, 'hex') FROM data_key "
                                     f"WHERE purpose = '{purpose}' ORDER BY version DESC LIMIT 1")
    version, wrapped = row.split("|")[0], bytes.fromhex(row.split("|")[1])
    assert wrapped[0] == FORMAT, "data_key.wrapped has another form"
    nonce, sealed = wrapped[1:1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES:]
    return AESGCM(master).decrypt(nonce, sealed, f"data_key.wrapped {purpose} {version}".encode())
