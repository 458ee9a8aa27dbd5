-- Which parts of a balance are given back what of one payer's part of a charge.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: fen: how much; share_id null: of the account that was charged. The pool's rule on the day of the capture
-- said which part paid first; the other is given back first. Locks none.
-- Outcomes: what each part had paid and gets back; and into which part current-year money goes: what was paid in
-- an account year that has ended is carried over.
CREATE OR REPLACE FUNCTION refund_split(
    fen bigint, asked_person_key bigint, asked_charge_id uuid, share_person_key bigint, asked_share_id uuid,
    asked_pool_code text, taken_on date, asked_day date, OUT current_year_fen bigint, OUT carried_over_fen bigint,
    OUT current_year_into text)
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    pays_first text := (SELECT rule.pays_first FROM charge_rule_at(asked_pool_code, taken_on) AS rule);
    starts_month smallint := coalesce((SELECT pool.account_year_starts_month FROM pool
                                        WHERE pool.pool_code = asked_pool_code), 1);
    left_of record;
BEGIN
    IF asked_share_id IS NULL THEN
        SELECT charge.current_year_fen - coalesce(sum(given.current_year_fen), 0) AS current_year_fen,
               charge.carried_over_fen - coalesce(sum(given.carried_over_fen), 0) AS carried_over_fen
          INTO left_of
          FROM charge
          LEFT JOIN charge_refund AS given ON given.person_key = charge.person_key
                                          AND given.charge_id = charge.charge_id
         WHERE charge.person_key = asked_person_key AND charge.charge_id = asked_charge_id
         GROUP BY charge.person_key, charge.charge_id;
    ELSE
        SELECT share.current_year_fen - coalesce(sum(given.current_year_fen), 0) AS current_year_fen,
               share.carried_over_fen - coalesce(sum(given.carried_over_fen), 0) AS carried_over_fen
          INTO left_of
          FROM charge_share AS share
          LEFT JOIN charge_share_refund AS given ON given.person_key = share.person_key
               AND given.share_id = share.share_id
         WHERE share.person_key = share_person_key AND share.share_id = asked_share_id
         GROUP BY share.person_key, share.share_id;
    END IF;
    current_year_fen := CASE pays_first WHEN 'current_year' THEN fen - least(fen, left_of.carried_over_fen)
                             ELSE least(fen, left_of.current_year_fen) END;
    carried_over_fen := fen - current_year_fen;
    current_year_into := CASE WHEN import_account_year(taken_on, starts_month)
                                   < import_account_year(asked_day, starts_month) THEN 'carried_over'
                              ELSE 'current_year' END;
END
$$;
COMMENT ON FUNCTION refund_split(bigint, bigint, uuid, bigint, uuid, text, date, date) IS
    'Which parts of a balance are given back what of one payer''s part of a charge';
