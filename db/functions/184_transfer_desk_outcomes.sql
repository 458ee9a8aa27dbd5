-- What decisions about transfers are answered with, and what is kept with their keys.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. Locks: none.
-- Outcomes: one for each member: of what is good the transfer as it is now, of not_possible_now the state and what is
-- possible; null of the others.
CREATE OR REPLACE FUNCTION transfer_desk_outcomes(
    statuses text[], person_keys bigint[], transfer_ids uuid[], events text[], desks text[])
RETURNS jsonb[]
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT CASE a.status
               WHEN 'good' THEN jsonb_build_object(
                   'transfer_id', transfer.transfer_id, 'desk', a.desk, 'event', a.event, 'way', transfer.way,
                   'state', transfer.state, 'entered_at', transfer.entered_at, 'due_on', transfer.due_on,
                   'moves_on', transfer.moves_on, 'months_moved', transfer.months_moved,
                   'amount_fen', transfer.amount_fen, 'current_year_fen', transfer.current_year_fen,
                   'carried_over_fen', transfer.carried_over_fen, 'record_form', transfer.record_form)
               WHEN 'not_possible_now' THEN state_possible(transfer.machine, transfer.state) END
          FROM unnest(statuses, person_keys, transfer_ids, events, desks) WITH ORDINALITY
               AS a (status, person_key, transfer_id, event, desk, ord)
          LEFT JOIN transfer ON transfer.person_key = a.person_key AND transfer.transfer_id = a.transfer_id
         ORDER BY a.ord);
END
$$;
COMMENT ON FUNCTION transfer_desk_outcomes(text[], bigint[], uuid[], text[], text[]) IS
    'What decisions about transfers are answered with, and what is kept with their keys';
