-- Whether an instant is in the quiet hours of wallets: from one time of day, included, up to another, excluded.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. Times of day are those of Shanghai; the hours may lie over midnight. A plain expression, so that the
-- planner inlines it.
CREATE OR REPLACE FUNCTION wallet_is_quiet(quiet_from time, quiet_until time, instant timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN quiet_from <= quiet_until
            THEN (instant AT TIME ZONE 'Asia/Shanghai')::time >= quiet_from
                 AND (instant AT TIME ZONE 'Asia/Shanghai')::time < quiet_until
            ELSE (instant AT TIME ZONE 'Asia/Shanghai')::time >= quiet_from
                 OR (instant AT TIME ZONE 'Asia/Shanghai')::time < quiet_until END;
COMMENT ON FUNCTION wallet_is_quiet(time, time, timestamptz) IS
    'Whether an instant is in the quiet hours of wallets, which may lie over midnight in Shanghai';
