-- Makes people :first to :last with an account, an opening balance, a contribution and, every fourth, a charge each.
-- SPDX-License-Identifier: Apache-2.0
-- Keys are spread over 62 bits as random ones are. Entries are written by SQL of their own, for ledger_post makes some
-- 15,000 a second.
\set provider '''01900000-0006-7000-8000-000000000001''::uuid'
CREATE TEMPORARY TABLE made AS
SELECT n, key, ('019000000001' || '7001' || ending)::uuid AS person_id,
       ('019000000001' || '7002' || ending)::uuid AS account_id,
       ('019000000001' || '7003' || ending)::uuid AS enrolment_id,
       ('019000000001' || '7004' || ending)::uuid AS contribution_id,
       ARRAY[('019000000001' || '7011' || ending)::uuid, ('019000000001' || '7012' || ending)::uuid,
             ('019000000001' || '7013' || ending)::uuid] AS operation_ids,
       ARRAY[('019000000001' || '7021' || ending)::uuid, ('019000000001' || '7022' || ending)::uuid,
             ('019000000001' || '7023' || ending)::uuid] AS entry_ids,
       ('019000000001' || '7031' || ending)::uuid AS event_id, n % 4 = 0 AS is_charged
  FROM (SELECT n, key, to_hex(key | (-9223372036854775808)::bigint) AS ending
          FROM (SELECT n, ('x' || left(md5(n::text), 16))::bit(64)::bigint & 4611686018427387903 AS key
                  FROM generate_series(:first::integer, :last::integer) AS n) AS keyed) AS spelled;

INSERT INTO person (person_key, person_id, birth_date, sex, citizen_number_sealed, name_sealed, name_hash, created_at)
SELECT key, person_id, date '1950-01-01' + n % 20000, 'female', decode(repeat('00', 49), 'hex'),
       decode(repeat('00', 40), 'hex'), sha256(n::text::bytea), timestamptz '2025-01-01 00:00+08'
  FROM made;
INSERT INTO person_identifier (kind, hash, person_key, person_id)
SELECT 'citizen_number', sha256(('number ' || n)::bytea), key, person_id FROM made;
INSERT INTO enrolment (person_key, enrolment_id, pool_code, scheme, status, account_mode, payer_kind, started_on)
SELECT key, enrolment_id, '620100', 'employee', 'active', 'with_account', 'employer', date '2004-01-01' FROM made;
INSERT INTO opening_balance (person_key, account_id, current_year_fen, carried_over_fen, recorded_at, as_of,
                             operation_id, source_document)
SELECT key, account_id, 0, 50000, timestamptz '2026-01-05 10:00+08', date '2025-12-20', operation_ids[1], 'bench'
  FROM made;
INSERT INTO contribution (person_key, period, scheme, kind, source_document, pool_code, personal_fen, employer_fen,
                          subsidy_fen, status, contribution_id, operation_id, recorded_at)
SELECT key, '2026-01-01', 'employee', 'regular', 'bench', '620100', 12000, 30000, 0, 'posted', contribution_id,
       operation_ids[2], timestamptz '2026-01-06 10:00+08'
  FROM made;

INSERT INTO ledger_entry (person_key, account_id, seq, entry_id, operation_id, kind, part, direction, amount_fen,
                          current_year_after_fen, carried_over_after_fen, system_account, business_date, posted_at,
                          reference, hash_algorithm, hash)
SELECT key, account_id, seq, entry_id, operation_id, kind, part, direction, fen, current_fen, carried_fen,
       system_account, day, posted_at, reference, 'sha256',
       ledger_chain(decode(repeat('00', 32), 'hex'), 'sha256', ledger_entry_bytes(
           account_id, seq, entry_id, operation_id, NULL, CASE direction WHEN 'credit' THEN fen ELSE -fen END,
           current_fen, carried_fen, day, posted_at, kind, part, system_account, reference))
           OVER (PARTITION BY key, account_id ORDER BY seq)
  FROM (SELECT made.key, made.account_id, e.*, made.entry_ids[e.seq] AS entry_id,
               made.operation_ids[e.seq] AS operation_id,
               (e.day + time '10:00') AT TIME ZONE 'Asia/Shanghai' AS posted_at
          FROM made
         CROSS JOIN LATERAL (VALUES
               (1::bigint, 'opening_balance', 'carried_over', 'credit', 50000::bigint, 0::bigint, 50000::bigint,
                'opening_balance:620100', 'bench', date '2026-01-05'),
               (2, 'contribution', 'current_year', 'credit', 12000, 12000, 50000,
                'contribution_collection:620100', 'bench', date '2026-01-06'),
               (3, 'charge', 'current_year', 'debit', 2500, 9500, 50000,
                'provider_payable:620100:' || :provider, 'N' || made.n, date '2026-01-07'))
               AS e (seq, kind, part, direction, fen, current_fen, carried_fen, system_account, reference, day)
         WHERE e.seq < 3 OR made.is_charged) AS entry;

INSERT INTO account (person_key, account_id, person_id, pool_code, status, cut_over_on, opened_at, version,
                     current_year_fen, carried_over_fen, last_seq, last_hash, last_posted_at)
SELECT made.key, made.account_id, made.person_id, '620100', 'active', date '2025-12-20',
       timestamptz '2025-01-01 00:00+08', last.seq, last.current_year_after_fen, last.carried_over_after_fen, last.seq,
       last.hash, last.posted_at
  FROM made
  JOIN ledger_entry AS last ON last.person_key = made.key AND last.account_id = made.account_id
       AND last.seq = CASE WHEN made.is_charged THEN 3 ELSE 2 END;

INSERT INTO charge (person_key, amount_fen, captured_fen, current_year_fen, carried_over_fen, created_at, changed_at,
                    business_date, captured_on, charge_id, account_id, provider_id, current_year_entry_id, pool_code,
                    state, usage, charge_no)
SELECT key, 2500, 2500, 2500, 0, at, at, date '2026-01-07', date '2026-01-07', operation_ids[3], account_id, :provider,
       entry_ids[3], '620100', 'captured', 'medicine', 'N' || n
  FROM made, (VALUES (timestamptz '2026-01-07 10:00+08')) AS instant (at)
 WHERE is_charged;
INSERT INTO business_number SELECT :provider, 'charge', 'N' || n, operation_ids[3] FROM made WHERE is_charged;
INSERT INTO idempotency_key (principal_id, operation, key, content_hash, status, object_id, outcome, created_at)
SELECT :provider, 'create_charge', 'charge N' || n, sha256(n::text::bytea), 'created', operation_ids[3],
       jsonb_build_object('current_year_fen', 2500, 'carried_over_fen', 0,
                          'created_at', timestamptz '2026-01-07 10:00+08'), now()
  FROM made WHERE is_charged;
INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code)
SELECT event_id, now(), 'client', :provider, 'create_charge', key, operation_ids[3], '620100'
  FROM made WHERE is_charged;
