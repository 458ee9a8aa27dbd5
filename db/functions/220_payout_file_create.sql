-- Makes a file of withdrawals that are approved, to tell the bank of a pool whom to pay, with its idempotency key.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: of one request; it runs on the slow lane. items: a line for each withdrawal in the order of the file: its
-- id and when it was changed last, in microseconds since 1970, separated by a tab: what the server has read, whose
-- cards it has hashed into content_hash_sealed. instant in business time, real_instant in real time.
-- Locks: the key (advisory, tried and never waited for), then the withdrawals in the order of their ids, waited for.
-- Outcomes: one row. status done, or by precedence:
--   idempotency_key_reused, request_in_progress   of idempotency_claim
--   nothing_to_pay_out   no withdrawal of the pool is approved
--   conflict             one of them has changed since it was read, or must not be paid any more
--                        (withdrawal_payee_fault): nothing is kept, and the same may be asked again
-- is_replayed: it was answered before. Each card is kept with its line: it may be corrected after it bounced.
CREATE OR REPLACE FUNCTION payout_file_create(
    file_id uuid, asked_pool_code text, items text, hash_sealed bytea, principal_id uuid, instant timestamptz, key text,
    content_hash bytea, event_id uuid, request_id text, real_instant timestamptz)
RETURNS TABLE (status text, is_replayed boolean, payout_file_id uuid, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    claim record;
    ids uuid[];
    changed_ats timestamptz[];
    person_keys bigint[];
    kept bigint;
    members integer;
    answer text := 'done';
BEGIN
    SELECT * INTO claim
      FROM idempotency_claim(ARRAY[principal_id], 'create_payout_file', ARRAY[key], ARRAY[content_hash]);
    IF claim.verdict <> 'new' THEN
        RETURN QUERY SELECT CASE claim.verdict WHEN 'replayed' THEN claim.status ELSE claim.verdict END,
                            claim.verdict = 'replayed', claim.object_id, claim.outcome;
        RETURN;
    END IF;
    SELECT array_agg(split_part(line.text, E'\t', 1)::uuid ORDER BY line.place),
           array_agg(timestamptz 'epoch' + split_part(line.text, E'\t', 2)::bigint * interval '1 microsecond'
                     ORDER BY line.place),
           array_agg(person_key_of(split_part(line.text, E'\t', 1)::uuid) ORDER BY line.place), count(*)
      INTO ids, changed_ats, person_keys, members
      FROM unnest(string_to_array(rtrim(items, E'\n'), E'\n')) WITH ORDINALITY AS line (text, place)
     WHERE line.text <> '';
    IF members = 0 THEN
        answer := 'nothing_to_pay_out';
    ELSE
        PERFORM FROM withdrawal AS w
           JOIN unnest(person_keys, ids) AS a (person_key, id) ON w.person_key = a.person_key AND w.withdrawal_id = a.id
          ORDER BY w.withdrawal_id
            FOR NO KEY UPDATE OF w;
        SELECT count(*) INTO kept
          FROM unnest(person_keys, ids, changed_ats) AS a (person_key, id, changed_at)
          JOIN withdrawal AS w ON w.person_key = a.person_key AND w.withdrawal_id = a.id
         WHERE state_next('withdrawal', w.state, 'instruct') IS NOT NULL AND w.pool_code = asked_pool_code
           AND w.changed_at = a.changed_at AND withdrawal_payee_fault(w) IS NULL;
        IF kept <> members THEN
            RETURN QUERY SELECT 'conflict', false, NULL::uuid, NULL::jsonb;
            RETURN;
        END IF;
        PERFORM payout_file_store(file_id, asked_pool_code, ids, person_keys, hash_sealed, principal_id, instant);
    END IF;
    SELECT jsonb_build_object('pool_code', f.pool_code, 'lines_count', f.lines_count, 'amount_fen', f.amount_fen,
                              'created_at', f.created_at) INTO outcome
      FROM payout_file AS f WHERE f.payout_file_id = file_id;
    PERFORM state_answer(
        'create_payout_file', 'done', ARRAY[CASE answer WHEN 'done' THEN 'good' ELSE answer END], ARRAY[principal_id],
        ARRAY['staff'], ARRAY[NULL::bigint], ARRAY[CASE answer WHEN 'done' THEN file_id END], ARRAY[asked_pool_code],
        ARRAY[jsonb_build_object('lines_count', members)], ARRAY[outcome], ARRAY[key], ARRAY[content_hash],
        ARRAY[event_id], ARRAY[request_id], ARRAY[real_instant]);
    RETURN QUERY SELECT answer, false, CASE answer WHEN 'done' THEN file_id END, outcome;
END
$$;
COMMENT ON FUNCTION payout_file_create(uuid, text, text, bytea, uuid, timestamptz, text, bytea, uuid, text,
    timestamptz) IS 'Makes a file of withdrawals that are approved; one row: done, or why not';
