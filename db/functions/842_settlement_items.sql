-- Reads a provider's list of a day, as the server hands it over.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: a line for each item, ended by a line feed: charge or refund, the number, and the amount in fen, separated
-- by tabs. The server has checked every line: a number holds no control character, and an amount has at most 16 digits.
-- Outcomes: one row for each line, in order.
CREATE OR REPLACE FUNCTION settlement_items(items text)
RETURNS TABLE (place bigint, item text, number text, amount_fen bigint)
    LANGUAGE sql IMMUTABLE AS $$
SELECT line.place, split_part(line.text, E'\t', 1), split_part(line.text, E'\t', 2),
       split_part(line.text, E'\t', 3)::bigint
  FROM unnest(string_to_array(rtrim(items, E'\n'), E'\n')) WITH ORDINALITY AS line (text, place)
 WHERE line.text <> ''
$$;
COMMENT ON FUNCTION settlement_items(text) IS 'A provider''s list of a day, line by line';
