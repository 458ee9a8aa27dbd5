-- Hash of a byte string under a named algorithm (sha256 or sm3); null for any other name.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: 32 bytes. A plain expression, so that the planner inlines it.
CREATE OR REPLACE FUNCTION ledger_hash(algorithm text, bytes bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE algorithm WHEN 'sha256' THEN sha256(bytes) WHEN 'sm3' THEN digest(bytes, 'sm3') END;
