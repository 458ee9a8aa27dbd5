-- Stores how holds over several payers ended: their events, and the new rows of their charges and shares.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the rows as they are to be, with what was captured of each; charges that are not good are null; ending:
-- voided or expired, for what is not captured.
-- Locks: the caller has locked the accounts and released what was held (hold_release).
CREATE OR REPLACE FUNCTION shared_hold_end(charges charge[], shares charge_share[], ending text)
RETURNS void
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO hold_event (person_key, account_id, hold_id, seq, kind, amount_fen, operation_id, posted_at, reference)
    SELECT held.person_key, held.account_id, held.hold_id,
           1 + row_number() OVER (PARTITION BY held.hold_id ORDER BY event.kind), event.kind, event.fen, held.hold_id,
           held.changed_at, held.charge_no
      FROM (SELECT c.person_key, c.account_id, c.charge_id AS hold_id, c.amount_fen - c.shared_fen AS amount_fen,
                   c.captured_fen - c.shared_captured_fen AS captured_fen, c.changed_at, c.charge_no
              FROM unnest(charges) AS c
             WHERE c.amount_fen > c.shared_fen
            UNION ALL
            SELECT s.person_key, s.account_id, s.share_id, s.amount_fen, s.captured_fen, s.changed_at, c.charge_no
              FROM unnest(shares) AS s
              JOIN unnest(charges) AS c ON c.charge_id = s.charge_id) AS held
     CROSS JOIN LATERAL (VALUES ('captured', held.captured_fen), (ending, held.amount_fen - held.captured_fen))
           AS event (kind, fen)
     WHERE event.fen > 0;
    UPDATE charge
       SET state = c.state, captured_fen = c.captured_fen, current_year_fen = c.current_year_fen,
           carried_over_fen = c.carried_over_fen, shared_captured_fen = c.shared_captured_fen,
           current_year_entry_id = c.current_year_entry_id, carried_over_entry_id = c.carried_over_entry_id,
           captured_on = c.captured_on, changed_at = c.changed_at
      FROM unnest(charges) AS c
     WHERE charge.person_key = c.person_key AND charge.charge_id = c.charge_id;
    UPDATE charge_share AS share
       SET state = CASE WHEN s.captured_fen > 0 THEN 'captured' ELSE ending END, captured_fen = s.captured_fen,
           current_year_fen = s.current_year_fen, carried_over_fen = s.carried_over_fen,
           current_year_entry_id = s.current_year_entry_id, carried_over_entry_id = s.carried_over_entry_id,
           captured_on = s.captured_on, changed_at = s.changed_at
      FROM unnest(shares) AS s
     WHERE share.person_key = s.person_key AND share.share_id = s.share_id;
END
$$;
COMMENT ON FUNCTION shared_hold_end(charge[], charge_share[], text) IS
    'Stores how holds over several payers ended: their events, charges and shares';
