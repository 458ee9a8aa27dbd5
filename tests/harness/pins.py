"""Gives people a PIN without asking them: what server/auth/password.c stores, once more in Python."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import hmac
import secrets

from tests.harness import money, sealed


class Pins:
    def __init__(self, connection, master_key_file):
        """`connection` is the database's owner."""
        self.connection = connection
        self.pepper = sealed.unwrap(connection, master_key_file, "pepper_credential")[1]

    def set(self, person_id, pin, log2_n=10):
        """Cheaper than those of today, so that tests are quick."""
        salt = secrets.token_bytes(16)
        peppered = hmac.digest(self.pepper, pin.encode(), "sha256")
        stored = hashlib.scrypt(peppered, salt=salt, n=2**log2_n, r=8, p=1, maxmem=2**28, dklen=32)
        self.connection.execute(
            "INSERT INTO credential (person_key, kind, person_id, salt, hash, log2_n, block_size, parallel, set_at)"
            " VALUES (%s, 'pin', %s, %s, %s, %s, 8, 1, clock_timestamp())"
            " ON CONFLICT (person_key, kind) DO UPDATE SET salt = excluded.salt, hash = excluded.hash,"
            " log2_n = excluded.log2_n",
            [money.key_of(person_id), person_id, salt, stored, log2_n],
        )
