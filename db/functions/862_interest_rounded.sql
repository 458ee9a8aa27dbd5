-- Interest in whole fen: what all days together bear, rounded once.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: sum over days of balance × rate, in fen × days × millionths; days of the year's rate; half_up or down.
-- Locks: none. Outcomes: never negative. Whole numbers only, so nothing is rounded on the way.
CREATE OR REPLACE FUNCTION interest_rounded(fen_days_ppm numeric,
                                            day_count_basis smallint, rounding text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN div(greatest(fen_days_ppm, 0) * 2 + CASE rounding WHEN 'half_up' THEN day_count_basis * 1000000::numeric
                                                ELSE 0 END,
           day_count_basis * 2000000::numeric)::bigint;
COMMENT ON FUNCTION interest_rounded(numeric, smallint, text) IS
    'Interest in whole fen of a sum over days of balance × rate (fen × days × millionths), rounded once';
