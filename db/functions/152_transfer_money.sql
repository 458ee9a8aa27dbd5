-- What becomes of the money of a transfer's old account.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the transfer's columns of these names; to_account_mode: of the enrolment that the person has at the
-- destination, null without one. Locks none. Outcomes:
--   none      there is no account with money of the person's own: a resident, or an employee without account
--   stays     at the old account, which can only be spent from: within a province, another scheme, or a destination
-- where
--             the person has no account
--   moves     through transit to an account of the destination
--   paid_out  to the person's own bank account
CREATE OR REPLACE FUNCTION transfer_money(way text, from_account_id uuid, to_scheme text, to_account_mode text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN from_account_id IS NULL THEN 'none'
    WHEN way = 'payout' THEN 'paid_out'
    WHEN way <> 'cross_province' OR to_scheme = 'resident' OR to_account_mode = 'pooled_only' THEN 'stays'
    ELSE 'moves' END;
COMMENT ON FUNCTION transfer_money(text, uuid, text, text) IS
    'What becomes of the money of a transfer''s old account: none, stays, moves or paid_out';
