-- What a proposal's changes say of each field, as one object: the values before or after them.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none. `side` is before or after. Outcomes: {} when there are no changes.
CREATE OR REPLACE FUNCTION proposal_values(payload jsonb, side text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT coalesce(jsonb_object_agg(change.item ->> 'field', change.item -> side), '{}')
  FROM jsonb_array_elements(payload -> 'changes') AS change (item)
$$;
COMMENT ON FUNCTION proposal_values(jsonb, text) IS 'The values before or after a proposal''s changes, by field';
