-- The transfer or withdrawal that a document is for: whose it is, where its desks are, how far it is.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. A plain SELECT, so that the planner inlines it. Outcomes: a row, or none when there is no such thing.
-- purpose: of material_rule. is_undecided: nobody but the person, or staff for the person,
-- has done anything about it yet.
CREATE OR REPLACE FUNCTION document_thing(asked_kind text, asked_person_key bigint, asked_object_id uuid)
RETURNS TABLE (person_id uuid, pool_codes text[], machine text, state text, purpose text, is_over boolean,
               is_undecided boolean)
LANGUAGE sql STABLE
AS $$
SELECT transfer.person_id, ARRAY[transfer.from_pool_code, transfer.to_pool_code], transfer.machine, transfer.state,
       'transfer', transfer.ended_at IS NOT NULL, transfer.state = 'submitted'
  FROM transfer
 WHERE asked_kind = 'transfer' AND transfer.person_key = asked_person_key AND transfer.transfer_id = asked_object_id
UNION ALL
SELECT withdrawal.person_id, ARRAY[withdrawal.pool_code], 'withdrawal', withdrawal.state, withdrawal.reason,
       withdrawal.ended_at IS NOT NULL, withdrawal.state = 'submitted'
  FROM withdrawal
 WHERE asked_kind = 'withdrawal' AND withdrawal.person_key = asked_person_key
   AND withdrawal.withdrawal_id = asked_object_id
$$;
COMMENT ON FUNCTION document_thing(text, bigint, uuid) IS
    'The transfer or withdrawal that a document is for: whose it is, its pools, its state';
