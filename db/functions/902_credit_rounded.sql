-- A fraction of fen as whole fen.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: not negative, the divisor above 0; half_up or down. Locks: none. Outcomes: null where an argument is.
-- A plain expression.
CREATE OR REPLACE FUNCTION credit_rounded(dividend bigint, divisor integer, rounding text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE rounding WHEN 'half_up' THEN (2 * dividend + divisor) / (2 * divisor) ELSE dividend / divisor END;
COMMENT ON FUNCTION credit_rounded(bigint, integer, text) IS 'A fraction of fen as whole fen: half_up or down';
