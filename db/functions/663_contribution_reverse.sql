-- Takes one contribution back: marks it, and posts what undoes its entry.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: the caller has locked the person and the account. Outcomes: applied with what was done, or a refusal of
-- contribution_reversal with nothing done.
-- A credit is taken back in full by entries `contribution_reversal`: first from the part it was credited to, then from
-- the other (money may have been carried over since). What is spent or held already is credited before from
-- `receivable`, to that part, in the same operation: so no balance goes below zero, the reversal has the whole amount,
-- and the person owes exactly what the receivable account says. The operation has the proposal's id.
CREATE OR REPLACE FUNCTION contribution_reverse(
    asked_person_key bigint, asked_contribution_id uuid, proposal_id uuid, document text, instant timestamptz)
RETURNS TABLE (status text, outcome jsonb)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    undo record;
    tick bigint := person_id_tick();
    other_part text;
    owed_fen bigint := 0;
    own_part_fen bigint;
    refused bigint;
    today date := (instant AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    SELECT * INTO undo FROM contribution_reversal(asked_person_key, asked_contribution_id);
    IF NOT FOUND OR undo.refusal IS NOT NULL THEN
        RETURN QUERY SELECT coalesce(undo.refusal, 'conflict'), NULL::jsonb;
        RETURN;
    END IF;
    UPDATE contribution SET status = CASE contribution.status WHEN 'posted' THEN 'reversed' ELSE 'withdrawn' END
     WHERE contribution.person_key = asked_person_key AND contribution.period = undo.period
       AND contribution.scheme = undo.scheme AND contribution.kind = undo.kind
       AND contribution.source_document = undo.source_document;
    IF undo.status = 'recorded' THEN
        RETURN QUERY SELECT 'applied', jsonb_build_object('status', 'withdrawn');
        RETURN;
    END IF;
    other_part := CASE undo.entry_part WHEN 'current_year' THEN 'carried_over' ELSE 'current_year' END;
    IF NOT undo.is_refund THEN
        owed_fen := greatest(undo.personal_fen - greatest(undo.available_fen, 0), 0);
    END IF;
    own_part_fen := CASE WHEN undo.is_refund THEN undo.personal_fen
                         ELSE least(undo.part_fen, undo.personal_fen - owed_fen) + owed_fen END;
    SELECT count(*) INTO refused
      FROM (SELECT array_agg(step.kind ORDER BY step.place) AS kinds, array_agg(step.part ORDER BY step.place) AS parts,
                   array_agg(step.direction ORDER BY step.place) AS directions,
                   array_agg(step.amount_fen ORDER BY step.place) AS amounts_fen,
                   array_agg(step.system_kind || ':' || undo.pool_code ORDER BY step.place) AS system_accounts,
                   array_agg(person_id_at(asked_person_key, tick + step.place) ORDER BY step.place) AS entry_ids,
                   count(*)::int AS number
              FROM (VALUES
                  (1, 'receivable', undo.entry_part, 'credit', owed_fen, 'receivable'),
                  (2, 'contribution_reversal', undo.entry_part, CASE WHEN undo.is_refund THEN 'credit' ELSE 'debit' END,
                   own_part_fen, 'contribution_collection'),
                  (3, 'contribution_reversal', other_part, 'debit', undo.personal_fen - own_part_fen,
                   'contribution_collection')) AS step (place, kind, part, direction, amount_fen, system_kind)
             WHERE step.amount_fen > 0) AS steps,
           ledger_post(array_fill(asked_person_key, ARRAY[number]), array_fill(undo.account_id, ARRAY[number]),
                       entry_ids, array_fill(proposal_id, ARRAY[number]), kinds, parts, directions, amounts_fen,
                       system_accounts, array_fill(today, ARRAY[number]),
                       array_fill(coalesce(document, undo.source_document), ARRAY[number]),
                       array_fill(undo.entry_id, ARRAY[number]), instant, account_chain_hash(asked_person_key)) AS entry
     WHERE entry.status <> 'posted';
    ASSERT refused = 0; -- contribution_reversal has judged all that the ledger could refuse
    INSERT INTO receivable (person_key, receivable_id, account_id, pool_code, kind, amount_fen, state, operation_id,
                            contribution_id, created_at, business_date)
    SELECT asked_person_key, person_id_at(asked_person_key, tick), undo.account_id, undo.pool_code,
           'contribution_reversal', owed_fen, 'open', proposal_id, asked_contribution_id, instant, today
     WHERE owed_fen > 0;
    RETURN QUERY
    SELECT 'applied', jsonb_build_object('status', 'reversed', 'account_id', undo.account_id,
        'operation_id', proposal_id, 'amount_fen', undo.personal_fen, 'receivable_fen', owed_fen,
        'receivable_id', CASE WHEN owed_fen > 0 THEN person_id_at(asked_person_key, tick) END);
END
$$;
COMMENT ON FUNCTION contribution_reverse(bigint, uuid, uuid, text, timestamptz) IS
    'Takes one contribution of a locked account back: applied with what was done, or a refusal';
