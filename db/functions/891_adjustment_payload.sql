-- What a proposal of an adjustment shows to who decides, and what approving it posts.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. Outcomes: a payload as docs/proposals.md describes. `changes` holds the entry, then what it would make
-- of its part of the balance as things are; approving posts exactly what they say.
CREATE OR REPLACE FUNCTION adjustment_payload(
    asked account, entry_id uuid, part text, direction text, amount_fen bigint, linked_entry_id uuid,
    source_document text)
RETURNS jsonb
    LANGUAGE sql STABLE AS $$
SELECT jsonb_strip_nulls(jsonb_build_object('source_document', source_document, 'entry_id', entry_id))
    || jsonb_build_object('changes',
        jsonb_build_array(
            jsonb_build_object('field', 'part', 'before', NULL, 'after', part),
            jsonb_build_object('field', 'direction', 'before', NULL, 'after', direction),
            jsonb_build_object('field', 'amount_fen', 'before', NULL, 'after', amount_fen::text))
        || CASE WHEN linked_entry_id IS NULL THEN '[]'
                ELSE jsonb_build_array(jsonb_build_object('field', 'linked_entry_id', 'before', NULL,
                                                          'after', linked_entry_id)) END
        || jsonb_build_array(jsonb_build_object('field', part || '_fen', 'before', now.fen::text, 'after',
               (now.fen + CASE direction WHEN 'credit' THEN amount_fen::numeric ELSE -amount_fen::numeric END)::text)))
  FROM (SELECT CASE part WHEN 'current_year' THEN asked.current_year_fen ELSE asked.carried_over_fen END AS fen) AS now
$$;
COMMENT ON FUNCTION adjustment_payload(account, uuid, text, text, bigint, uuid, text) IS
    'What a proposal of an adjustment shows to who decides, and what approving it posts';
