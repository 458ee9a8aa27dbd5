-- Whether a proposal may be seen and decided from pools whose code is LIKE one of the comma-separated patterns.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. As proposal_is_visible; while a merge is open, both of its people must be within reach, for it shows
-- and changes both. `visible` null: every pool.
CREATE OR REPLACE FUNCTION proposal_is_in_reach(asked proposal, visible text)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
SELECT proposal_is_visible(asked.person_key, asked.pool_code, visible)
   AND (visible IS NULL OR asked.kind <> 'merge_people' OR asked.state <> 'open'
        OR person_is_visible(person_key_of(asked.object_id), visible))
$$;
COMMENT ON FUNCTION proposal_is_in_reach(proposal, text) IS
    'Whether a proposal may be seen and decided by who sees pools LIKE one of the comma-separated patterns';
