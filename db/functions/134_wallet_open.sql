-- Opens wallets: each is its person's account of pool 000000, which can only be spent from.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. caller_keys: of citizens, who open their own, or that of
-- somebody under age whose guardian they are; null for staff, of whom visibles are LIKE patterns of pool codes (null:
-- every pool). instants in business time, real_instants in real time. waits: that of the first member holds for all,
-- and only in a batch of one.
-- Locks: keys (advisory, tried and never waited for), then people in the order of their keys.
-- Outcomes: one row for each member, in order. status, by precedence:
--   deferred, idempotency_key_reused, request_in_progress   of idempotency_claim; deferred also: the person is locked
--   not_found         there is no such person, or not for the caller
--   conflict          the record was merged into another
--   account_deceased  the person has died
--   account_closed    the wallet was closed: opening it again is a change of its status
--   already_exists    it is open
--   created           it is open now
-- is_replayed: it was answered before, with status and account as they were.
CREATE OR REPLACE FUNCTION wallet_open(
    person_keys bigint[], person_ids uuid[], caller_keys bigint[], visibles text[], account_ids uuid[],
    instants timestamptz[], principal_ids uuid[], actor_kinds text[], keys text[], content_hashes bytea[],
    event_ids uuid[], request_ids text[], real_instants timestamptz[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, account_id uuid, opened_at timestamptz)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    stored record;
    claimed bigint[];
    statuses text[];
    outcomes jsonb[];
BEGIN
    SELECT array_agg(c.verdict ORDER BY c.ord) AS verdicts, array_agg(c.status ORDER BY c.ord) AS statuses,
           array_agg(c.outcome ORDER BY c.ord) AS outcomes
      INTO stored
      FROM idempotency_claim(principal_ids, 'open_wallet', keys, content_hashes) AS c;
    claimed := person_claim(
        ARRAY(SELECT a.person_key FROM unnest(person_keys, stored.verdicts) AS a (person_key, verdict)
               WHERE a.verdict = 'new'), waits[1] AND cardinality(waits) = 1);
    -- In a statement of its own, which sees what was committed before the locks were got.
    SELECT array_agg(CASE
               WHEN a.verdict <> 'new' THEN a.verdict
               WHEN person.person_key IS NULL
                    OR CASE WHEN a.caller_key IS NULL
                            THEN a.visible IS NOT NULL AND NOT person_is_visible(a.person_key, a.visible)
                            ELSE a.caller_key <> a.person_key
                                 AND NOT EXISTS (SELECT FROM family_member AS member
                                                  WHERE member.member_person_key = a.person_key
                                                    AND member.guardian_person_key = a.caller_key
                                                    AND member.state = 'active'
                                                    AND family_is_minor(person.birth_date,
                                                                        (a.instant AT TIME ZONE 'Asia/Shanghai')::date))
                            END THEN 'not_found'
               WHEN NOT a.person_key = ANY (claimed) OR a.place > 1 THEN 'deferred'
               WHEN alias.person_key IS NOT NULL THEN 'conflict'
               WHEN person.deceased_on IS NOT NULL THEN 'account_deceased'
               WHEN wallet.status = 'closed' THEN 'account_closed'
               WHEN wallet.account_id IS NOT NULL THEN 'already_exists'
               ELSE 'good' END ORDER BY a.ord)
      INTO statuses
      FROM (SELECT asked.*, row_number() OVER (PARTITION BY asked.person_key, asked.verdict ORDER BY asked.ord) AS place
              FROM unnest(stored.verdicts, person_keys, person_ids, caller_keys, visibles, instants) WITH ORDINALITY
                   AS asked (verdict, person_key, person_id, caller_key, visible, instant, ord)) AS a
      LEFT JOIN person ON person.person_key = a.person_key AND person.person_id = a.person_id
      LEFT JOIN person_alias AS alias ON alias.person_key = a.person_key
      LEFT JOIN account AS wallet ON wallet.person_key = a.person_key AND wallet.pool_code = '000000';
    INSERT INTO account (person_key, account_id, person_id, pool_code, status, opened_at)
    SELECT a.person_key, a.account_id, a.person_id, '000000', 'spend_only', a.instant
      FROM unnest(statuses, person_keys, account_ids, person_ids, instants)
           AS a (status, person_key, account_id, person_id, instant)
     WHERE a.status = 'good';
    outcomes := ARRAY(
        SELECT CASE a.status WHEN 'replayed' THEN stored.outcomes[a.ord]
                    WHEN 'good' THEN jsonb_build_object('account_id', a.account_id, 'opened_at', a.instant) END
          FROM unnest(statuses, account_ids, instants) WITH ORDINALITY AS a (status, account_id, instant, ord)
         ORDER BY a.ord);
    PERFORM state_answer(
        'open_wallet', 'created', statuses, principal_ids, actor_kinds, person_keys,
        ARRAY(SELECT CASE a.status WHEN 'good' THEN a.account_id ELSE a.person_id END
                FROM unnest(statuses, account_ids, person_ids) WITH ORDINALITY AS a (status, account_id, person_id, ord)
               ORDER BY a.ord),
        array_fill('000000'::text, ARRAY[cardinality(keys)]), NULL, outcomes, keys, content_hashes, event_ids,
        request_ids, real_instants);
    RETURN QUERY
    SELECT s.ord, CASE s.status WHEN 'good' THEN 'created' WHEN 'replayed' THEN stored.statuses[s.ord]
                       ELSE s.status END,
           s.status = 'replayed', (s.outcome ->> 'account_id')::uuid, (s.outcome ->> 'opened_at')::timestamptz
      FROM unnest(statuses, outcomes) WITH ORDINALITY AS s (status, outcome, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION wallet_open(bigint[], uuid[], bigint[], text[], uuid[], timestamptz[], uuid[], text[], text[],
    bytea[], uuid[], text[], timestamptz[], boolean[]) IS
    'Opens wallets, accounts of pool 000000; one status row for each member: created, or why not';
