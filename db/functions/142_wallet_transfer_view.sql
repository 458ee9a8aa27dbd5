-- A transfer to a wallet as it is now, for one of its sides: neither sees more of the other than it has to.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the key in the transfer's id; asker_key: of a citizen, or null for who may see all. Locks: none. It is
-- VOLATILE so that the statement that has made or changed the transfer shows it.
-- Outcomes: one row, or none. Accounts, parts and pool are the sender's to see, the wallet the receiver's.
CREATE OR REPLACE FUNCTION wallet_transfer_view(asked_person_key bigint, asked_transfer_id uuid, asker_key bigint)
RETURNS TABLE (wallet_transfer_id uuid, family_member_id uuid, relation text, amount_fen bigint, state text,
               created_at timestamptz, business_date date, returns_at timestamptz, ended_at timestamptz,
               account_id uuid, pool_code text, current_year_fen bigint, carried_over_fen bigint,
               wallet_account_id uuid, sender_id uuid, sender_name_sealed bytea, receiver_id uuid,
               receiver_name_sealed bytea)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT sent.wallet_transfer_id, sent.family_member_id, member.relation, sent.amount_fen, sent.state,
           sent.created_at, sent.business_date, sent.returns_at, sent.ended_at,
           CASE WHEN side.sees_sender THEN sent.account_id END, CASE WHEN side.sees_sender THEN sent.pool_code END,
           CASE WHEN side.sees_sender THEN sent.current_year_fen END,
           CASE WHEN side.sees_sender THEN sent.carried_over_fen END,
           CASE WHEN side.sees_receiver THEN sent.wallet_account_id END,
           sender.person_id, sender.name_sealed, receiver.person_id, receiver.name_sealed
      FROM wallet_transfer AS sent
      JOIN person AS sender ON sender.person_key = sent.person_key
      JOIN person AS receiver ON receiver.person_key = sent.receiver_person_key
      LEFT JOIN family_member AS member ON member.person_key = sent.person_key
           AND member.family_member_id = sent.family_member_id
     CROSS JOIN LATERAL (SELECT asker_key IS NULL OR asker_key = sent.person_key AS sees_sender,
                                asker_key IS NULL OR asker_key <> sent.person_key AS sees_receiver) AS side
     WHERE sent.person_key = asked_person_key AND sent.wallet_transfer_id = asked_transfer_id
       AND (side.sees_sender OR asker_key = sent.receiver_person_key OR asker_key = member.guardian_person_key);
END
$$;
COMMENT ON FUNCTION wallet_transfer_view(bigint, uuid, bigint) IS
    'A transfer to a wallet as it is now, for one of its sides, or for who may see all';
