-- What an account was charged on a business day, with what is held of it: as the account charged, and for others.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. Outcomes: one row; provider_fen is what one provider charged. Refunds are not counted back.
CREATE OR REPLACE FUNCTION account_day_spent(
    asked_person_key bigint, asked_account_id uuid, asked_day date, asked_provider_id uuid,
    OUT all_fen numeric, OUT provider_fen numeric)
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT coalesce(sum(day.fen), 0), coalesce(sum(day.fen) FILTER (WHERE day.provider_id = asked_provider_id), 0)
      INTO all_fen, provider_fen
      FROM (SELECT charge.provider_id,
                   CASE charge.state WHEN 'held' THEN charge.amount_fen - charge.shared_fen
                        ELSE charge.captured_fen - charge.shared_captured_fen END AS fen
              FROM charge
             WHERE charge.person_key = asked_person_key AND charge.account_id = asked_account_id
               AND charge.business_date = asked_day
            UNION ALL
            SELECT share.provider_id, CASE share.state WHEN 'held' THEN share.amount_fen ELSE share.captured_fen END
              FROM charge_share AS share
             WHERE share.person_key = asked_person_key AND share.account_id = asked_account_id
               AND share.business_date = asked_day) AS day;
END
$$;
COMMENT ON FUNCTION account_day_spent(bigint, uuid, date, uuid) IS
    'What an account was charged on a business day, by all and by one provider';
