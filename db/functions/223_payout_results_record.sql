-- Records what the bank answered about lines of a payout file, with the idempotency key of the call.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: of one request; it runs on the slow lane. items: a line for each answer: the withdrawal's id, paid or
-- bounced, the bounce code or nothing, and the day of payment or nothing, separated by tabs. visible: comma-joined LIKE
-- patterns of pool codes, null for who sees all. instant in business time, real_instant in real time.
-- Locks, in this order: the key (advisory, tried and never waited for), then, waited for, the file, and each in the
-- order of ids: withdrawals, transfers, accounts. Nobody who holds one of the latter asks for one of the former.
-- Outcomes: one row. status done, or idempotency_key_reused, request_in_progress, not_found. outcome: `results`, each
-- with a status of payout_line_answer in the order of the items, and settled_at, when the last line was answered.
CREATE OR REPLACE FUNCTION payout_results_record(
    file_id uuid, visible text, items text, principal_id uuid, instant timestamptz, key text, content_hash bytea,
    event_id uuid, request_id text, real_instant timestamptz, hash_algorithm text)
RETURNS TABLE (status text, is_replayed boolean, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    claim record;
    file payout_file;
    one record;
    answer record;
    answers text[] := ARRAY[]::text[];
    ids uuid[] := ARRAY[]::uuid[];
    outcomes text[] := ARRAY[]::text[];
    codes text[] := ARRAY[]::text[];
    ats timestamptz[] := ARRAY[]::timestamptz[];
BEGIN
    SELECT * INTO claim
      FROM idempotency_claim(ARRAY[principal_id], 'record_payout_results', ARRAY[key], ARRAY[content_hash]);
    IF claim.verdict <> 'new' THEN
        RETURN QUERY SELECT CASE claim.verdict WHEN 'replayed' THEN claim.status ELSE claim.verdict END,
                            claim.verdict = 'replayed', claim.outcome;
        RETURN;
    END IF;
    SELECT * INTO file FROM payout_file AS f
     WHERE f.payout_file_id = file_id
       AND (payout_results_record.visible IS NULL
            OR f.pool_code LIKE ANY (string_to_array(payout_results_record.visible, ',')))
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'not_found', false, NULL::jsonb;
        RETURN;
    END IF;
    PERFORM payout_results_lock(file_id, items);
    FOR one IN
        SELECT split_part(line.text, E'\t', 1)::uuid AS id, split_part(line.text, E'\t', 2) AS outcome,
               nullif(split_part(line.text, E'\t', 3), '') AS code,
               nullif(split_part(line.text, E'\t', 4), '')::date AS paid_on
          FROM unnest(string_to_array(rtrim(items, E'\n'), E'\n')) WITH ORDINALITY AS line (text, place)
         WHERE line.text <> ''
         ORDER BY line.place
    LOOP
        SELECT * INTO answer FROM payout_line_answer(file, one.id, one.outcome, one.code, one.paid_on, principal_id,
                                                     instant, hash_algorithm);
        answers := answers || answer.status::text;
        ids := ids || one.id;
        outcomes := outcomes || one.outcome;
        codes := codes || one.code;
        ats := ats || answer.changed_at;
    END LOOP;
    PERFORM state_record(
        'withdrawal', array_agg(CASE r.answer WHEN 'done' THEN 'good' ELSE r.answer END ORDER BY r.ord),
        array_agg(person_key_of(r.id) ORDER BY r.ord), ids, array_agg(file.pool_code),
        array_agg(CASE r.outcome WHEN 'paid' THEN 'confirm' ELSE 'bounce' END ORDER BY r.ord),
        array_agg('instructed'::text), array_agg('staff'::text), array_agg('staff'::text), array_agg(principal_id),
        codes, array_agg(NULL::text), ats)
       FROM unnest(answers, ids, outcomes) WITH ORDINALITY AS r (answer, id, outcome, ord);
    UPDATE payout_file AS f
       SET settled_at = greatest(f.created_at, (SELECT max(l.answered_at) FROM payout_line AS l
                                                WHERE l.payout_file_id = file_id))
     WHERE f.payout_file_id = file_id AND f.settled_at IS NULL
       AND NOT EXISTS (SELECT FROM payout_line AS l WHERE l.payout_file_id = file_id AND l.outcome IS NULL);
    outcome := jsonb_build_object(
        'results', (SELECT jsonb_agg(jsonb_build_object('withdrawal_id', r.id, 'status', r.answer) ORDER BY r.ord)
                      FROM unnest(answers, ids) WITH ORDINALITY AS r (answer, id, ord)),
        'settled_at', (SELECT f.settled_at FROM payout_file AS f WHERE f.payout_file_id = file_id));
    PERFORM state_answer(
        'record_payout_results', 'done', ARRAY['good'], ARRAY[principal_id], ARRAY['staff'], ARRAY[NULL::bigint],
        ARRAY[file_id], ARRAY[file.pool_code], ARRAY[jsonb_build_object('results', cardinality(ids))], ARRAY[outcome],
        ARRAY[key], ARRAY[content_hash], ARRAY[event_id], ARRAY[request_id], ARRAY[real_instant]);
    RETURN QUERY SELECT 'done', false, outcome;
END
$$;
COMMENT ON FUNCTION payout_results_record(uuid, text, text, uuid, timestamptz, text, bytea, uuid, text, timestamptz,
    text) IS 'Records what the bank answered about lines of a payout file; one row: done, or why not';
