-- Loads one citizen's token for each line "person's number, hexadecimal hash of the token";
-- keys as in credits_world.sql.
-- SPDX-License-Identifier: Apache-2.0
CREATE TEMPORARY TABLE given (number bigint, hash text);
COPY given FROM STDIN;
:tokens
\.
INSERT INTO token (token_hash, token_id, kind, subject_id, person_key, label, created_at, expires_at)
SELECT decode(hash, 'hex'), ('01900000-0002-7000-8000-' || 100000000000 + number)::uuid, 'citizen',
       person.person_id, person.person_key, 'bench', timestamptz '2026-01-01 00:00+08',
       timestamptz '2099-01-01 00:00+08'
  FROM given
  JOIN person ON person.person_key = ('x' || left(md5(number::text), 16))::bit(64)::bigint & 4611686018427387903;
