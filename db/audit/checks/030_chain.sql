-- I9: each entry's hash is that of its bytes (docs/ledger.md) behind the hash of the entry before it.
-- SPDX-License-Identifier: Apache-2.0
WITH linked AS (
    SELECT account_id, seq, hash_algorithm, hash,
           decode('01', 'hex')
           || lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (PARTITION BY person_key, account_id ORDER BY seq)
           || uuid_send(account_id) || int8send(seq) || uuid_send(entry_id) || uuid_send(operation_id)
           || coalesce(uuid_send(linked_entry_id), decode(repeat('00', 16), 'hex'))
           || int8send(CASE direction WHEN 'credit' THEN amount_fen ELSE -amount_fen END)
           || int8send(current_year_after_fen) || int8send(carried_over_after_fen)
           || date_send(business_date) || timestamptz_send(posted_at)
           || convert_to(concat_ws(chr(10), kind, part, system_account, reference), 'UTF8') AS bytes
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
), hashed AS (
    SELECT account_id, seq, hash,
           CASE hash_algorithm WHEN 'sha256' THEN sha256(bytes) WHEN 'sm3' THEN digest(bytes, 'sm3') END AS expected
    FROM linked
)
SELECT 'ledger_entry', account_id || '/' || seq, 'hash', encode(expected, 'hex'), encode(hash, 'hex')
FROM hashed
WHERE expected IS DISTINCT FROM hash
