-- Whether a proposal is within reach of somebody who sees pools whose code is LIKE one of the comma-separated patterns.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. By the pool whose account, enrolment or contribution it changes: who sees the person elsewhere sees
-- nothing of that pool. Without a pool by its person; without either only for who sees every pool. `visible`
-- null: every pool.
CREATE OR REPLACE FUNCTION proposal_is_visible(person_key bigint, pool_code text, visible text)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
SELECT CASE WHEN visible IS NULL THEN true
            WHEN pool_code IS NOT NULL THEN pool_code LIKE ANY (string_to_array(visible, ','))
            WHEN person_key IS NOT NULL THEN person_is_visible(person_key, visible)
            ELSE false END
$$;
COMMENT ON FUNCTION proposal_is_visible(bigint, text, text) IS
    'Whether a proposal is within reach of who sees pools LIKE one of the comma-separated patterns; null: every pool';
