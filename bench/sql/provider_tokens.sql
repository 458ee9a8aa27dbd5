-- Loads one token of a provider for each line "provider's number, hexadecimal hash of the token".
-- SPDX-License-Identifier: Apache-2.0
CREATE TEMPORARY TABLE given (number bigint, hash text);
COPY given FROM STDIN;
:tokens
\.
INSERT INTO token (token_hash, token_id, kind, subject_id, label, created_at, expires_at)
SELECT decode(hash, 'hex'), ('01900000-0002-7000-8000-' || 100000000000 + number)::uuid, 'client',
       ('01900000-0006-7000-8000-' || 100000000000 + number)::uuid, 'bench', timestamptz '2026-01-01 00:00+08',
       timestamptz '2099-01-01 00:00+08'
  FROM given;
