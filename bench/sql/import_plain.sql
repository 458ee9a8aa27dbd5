-- Imports contributions as one would by hand: copy the file, then one statement each for records, entries and balances.
-- SPDX-License-Identifier: Apache-2.0
-- Variables: file, and hash_key, the hexadecimal key under which citizen numbers are hashed. It checks nothing that a
-- constraint does not, and starts anew when interrupted; entries, their chain and balances are the ones yibaod writes.
BEGIN;
CREATE TEMPORARY TABLE given (
    line bigint GENERATED ALWAYS AS IDENTITY, citizen_number text, name text, pool_code text, scheme text, period text,
    kind text, source_document text, base text, personal text, employer text, subsidy text, paid_on date, channel text,
    employer_code text);
COPY given (citizen_number, name, pool_code, scheme, period, kind, source_document, base, personal, employer, subsidy,
            paid_on, channel, employer_code)
FROM :'file' (FORMAT csv, HEADER);
ANALYZE given;

CREATE TEMPORARY TABLE record AS
WITH known AS (
    SELECT one.citizen_number, person_identifier.person_key, person_identifier.person_id
      FROM (SELECT DISTINCT citizen_number FROM given) AS one
      JOIN person_identifier ON person_identifier.kind = 'citizen_number'
       AND person_identifier.hash = hmac(one.citizen_number::bytea, decode(:'hash_key', 'hex'), 'sha256')
)
SELECT given.line, known.person_key, account.account_id, given.pool_code, given.scheme,
       (given.period || '-01')::date AS period, given.kind, given.source_document,
       round(given.base::numeric * 100)::bigint AS base_fen,
       round(given.personal::numeric * 100)::bigint AS personal_fen,
       round(given.employer::numeric * 100)::bigint AS employer_fen,
       coalesce(round(given.subsidy::numeric * 100)::bigint, 0) AS subsidy_fen,
       given.paid_on, given.channel, given.employer_code,
       -- The time in front is random here; the person's key at the end is what other statements rely on.
       overlay(gen_random_uuid()::text PLACING substr(known.person_id::text, 20) FROM 20)::uuid AS contribution_id,
       overlay(gen_random_uuid()::text PLACING substr(known.person_id::text, 20) FROM 20)::uuid AS operation_id,
       overlay(gen_random_uuid()::text PLACING substr(known.person_id::text, 20) FROM 20)::uuid AS entry_id
  FROM given
  JOIN known USING (citizen_number)
  JOIN account ON account.person_key = known.person_key AND account.pool_code = given.pool_code;
ANALYZE record;

INSERT INTO contribution (person_key, contribution_id, operation_id, pool_code, scheme, period, kind, source_document,
                          base_fen, personal_fen, employer_fen, subsidy_fen, paid_on, channel, employer_code, status,
                          recorded_at)
SELECT person_key, contribution_id, operation_id, pool_code, scheme, period, kind, source_document, base_fen,
       personal_fen, employer_fen, subsidy_fen, paid_on, channel, employer_code, 'posted', transaction_timestamp()
  FROM record;

CREATE TEMPORARY TABLE entry AS
WITH running AS (
    SELECT record.*, part.name AS part, account.last_hash,
           account.last_seq + row_number() OVER in_account AS seq,
           account.current_year_fen + sum(CASE part.name WHEN 'current_year' THEN record.personal_fen ELSE 0 END)
               OVER in_account AS current_year_after_fen,
           account.carried_over_fen + sum(CASE part.name WHEN 'carried_over' THEN record.personal_fen ELSE 0 END)
               OVER in_account AS carried_over_after_fen
      FROM record
      JOIN account USING (person_key, account_id)
     CROSS JOIN LATERAL (SELECT CASE WHEN record.period >= date_trunc('year', transaction_timestamp())
                                     THEN 'current_year' ELSE 'carried_over' END) AS part (name)
    WINDOW in_account AS (PARTITION BY record.person_key, record.account_id ORDER BY record.line
                          ROWS UNBOUNDED PRECEDING)
)
SELECT *, ledger_chain(last_hash, 'sha256', ledger_entry_bytes(account_id, seq, entry_id, operation_id, NULL,
              personal_fen, current_year_after_fen::bigint, carried_over_after_fen::bigint, current_date,
              transaction_timestamp(), 'contribution', part, 'contribution_collection:' || pool_code, source_document))
          OVER (PARTITION BY person_key, account_id ORDER BY line ROWS UNBOUNDED PRECEDING) AS hash
  FROM running;
ANALYZE entry;

INSERT INTO ledger_entry (person_key, account_id, seq, entry_id, operation_id, kind, part, direction, amount_fen,
                          current_year_after_fen, carried_over_after_fen, system_account, business_date, posted_at,
                          reference, hash_algorithm, hash)
SELECT person_key, account_id, seq, entry_id, operation_id, 'contribution', part, 'credit', personal_fen,
       current_year_after_fen, carried_over_after_fen, 'contribution_collection:' || pool_code, current_date,
       transaction_timestamp(), source_document, 'sha256', hash
  FROM entry;

UPDATE account
   SET current_year_fen = last.current_year_after_fen, carried_over_fen = last.carried_over_after_fen,
       version = account.version + 1, last_seq = last.seq, last_hash = last.hash,
       last_posted_at = transaction_timestamp()
  FROM (SELECT DISTINCT ON (person_key, account_id) * FROM entry ORDER BY person_key, account_id, seq DESC) AS last
 WHERE account.person_key = last.person_key AND account.account_id = last.account_id;
COMMIT;
