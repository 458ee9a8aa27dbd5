-- The row of a share from which so much is taken: the parts of the balance that pay, and the ids of their entries.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: fen 0: nothing is. The balance's parts as they are, of which the one that pays first by the rule is used
-- up before the other. tick: of the share; the two ids behind it are those of the entries.
-- Locks none.
CREATE OR REPLACE FUNCTION charge_share_taken(
    share charge_share, fen bigint, pays_first text, current_year_fen bigint, carried_over_fen bigint, taken_on date,
    tick bigint)
RETURNS charge_share
    LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    share.current_year_fen := CASE pays_first WHEN 'current_year' THEN least(fen, charge_share_taken.current_year_fen)
                                   ELSE fen - least(fen, charge_share_taken.carried_over_fen) END;
    share.carried_over_fen := fen - share.current_year_fen;
    share.captured_fen := fen;
    share.captured_on := CASE WHEN fen > 0 THEN taken_on END;
    share.state := CASE WHEN fen > 0 THEN 'captured' ELSE 'voided' END;
    share.current_year_entry_id := CASE WHEN share.current_year_fen > 0
                                             THEN person_id_at(share.person_key, tick + 1) END;
    share.carried_over_entry_id := CASE WHEN share.carried_over_fen > 0
                                             THEN person_id_at(share.person_key, tick + 2) END;
    RETURN share;
END
$$;
COMMENT ON FUNCTION charge_share_taken(charge_share, bigint, text, bigint, bigint, date, bigint) IS
    'The row of a share from which so much is taken';
