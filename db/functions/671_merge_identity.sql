-- Makes a record an alias of another: numbers then find the other, and nobody is signed in as the first any more.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: its tokens, in the order of their ids, for whoever approves ends them; then every epoch, in order: a token
-- that is being made right now is not seen here, and must not outlive the merge in anybody's memory either (token_find
-- knows no token of an alias).
-- Its own aliases are pointed on, so that one step always leads to the current person.
CREATE OR REPLACE FUNCTION merge_identity(
    survivor_key bigint, survivor_id uuid, duplicate_key bigint, duplicate_id uuid, instant timestamptz)
RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE person_alias SET current_person_key = survivor_key, current_person_id = survivor_id
     WHERE current_person_key = duplicate_key;
    INSERT INTO person_alias (person_key, person_id, current_person_key, current_person_id, reason, created_at)
    VALUES (duplicate_key, duplicate_id, survivor_key, survivor_id, 'merged', instant);
    PERFORM FROM token
      WHERE token.subject_id = duplicate_id AND token.kind = 'citizen' AND token.revoked_at IS NULL
      ORDER BY token.token_id FOR NO KEY UPDATE;
    PERFORM FROM token_epoch ORDER BY bucket FOR NO KEY UPDATE;
    UPDATE token_epoch SET version = version + 1;
END
$$;
COMMENT ON FUNCTION merge_identity(bigint, uuid, bigint, uuid, timestamptz) IS
    'Makes a record an alias of another and has every process look at tokens anew';
