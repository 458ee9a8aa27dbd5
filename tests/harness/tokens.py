"""Makes token texts of the right form, by the rule in server/auth/token.h."""
# SPDX-License-Identifier: Apache-2.0
import base64
import zlib


def token_text(kind, secret_bytes):
    front = f"yb_{kind}_{base64.urlsafe_b64encode(secret_bytes).decode().rstrip('=')}"
    return with_check(front)


def with_check(front):
    return f"{front}_{zlib.crc32(front.encode()):08x}"
