-- Judges requests to let somebody look at an account, and says who it would be.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request: verdicts of idempotency_claim; are_mine: the owner's grants are
-- this member's alone until the transaction ends; the viewer by family_member_ids, or by number_hashes and name_hashes
-- (as for hash_is);
-- stale_ids: grants past their last day that the caller has locked. failures_max: how many names that did not fit are
-- answered within 24 hours, counted by the owner's keys.
-- Locks: none.
-- Outcomes: one row for each member, in order. status, by precedence:
--   the verdict          unless it is `new`
--   malformed            something no grant can have: a caller checks before
--   not_found            the owner has no such account or family member
--   deferred             another request of the owner is at work: ask again
--   too_many_attempts    too many names did not fit; retry_after_s says when it may be tried again
--   member_name_mismatch nobody alive has that number and name
--   not_possible_now     the family member is not active; possible says what it is
--   conflict             it is the owner
--   account_deceased     the account is of somebody who has died
--   already_exists       that person may look already; stale_id: only until a day that is over, and is to be ended
--                        first
--   good
CREATE OR REPLACE FUNCTION view_grant_judge(
    verdicts text[], are_mine boolean[], owner_keys bigint[], owner_ids uuid[], account_ids uuid[],
    family_member_ids uuid[], number_hashes bytea[], name_hashes bytea[], scopes text[], expire_ons date[],
    instants timestamptz[], stale_ids uuid[], failures_max integer)
RETURNS TABLE (ord bigint, status text, pool_code text, viewer_key bigint, viewer_id uuid, possible jsonb,
               stale_id uuid, retry_after_s integer)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN a.verdict <> 'new' THEN a.verdict
                WHEN (a.scope IN ('balance', 'balance_and_entries')
                      AND a.expires_on BETWEEN today.day AND today.day + 366
                      AND (a.family_member_id IS NULL) = coalesce(octet_length(a.number_hash) = 32, false)
                      AND (a.family_member_id IS NULL) = coalesce(hash_is_well(a.name_hash), false)) IS NOT TRUE
                          THEN 'malformed'
                WHEN account.account_id IS NULL OR (a.family_member_id IS NOT NULL AND member.state IS NULL)
                    THEN 'not_found'
                WHEN NOT a.is_mine THEN 'deferred'
                WHEN a.number_hash IS NOT NULL AND failed.count >= failures_max THEN 'too_many_attempts'
                WHEN a.number_hash IS NOT NULL AND named.person_key IS NULL THEN 'member_name_mismatch'
                WHEN member.state <> 'active' THEN 'not_possible_now'
                WHEN viewer.person_key = a.owner_key THEN 'conflict'
                WHEN account.status = 'deceased' THEN 'account_deceased'
                WHEN granted.expires_on >= today.day THEN 'already_exists'
                WHEN granted.view_grant_id IS NOT NULL AND NOT granted.view_grant_id = ANY (stale_ids) THEN 'deferred'
                ELSE 'good' END,
           account.pool_code, viewer.person_key, viewer.person_id, state_possible('family_member', member.state),
           granted.view_grant_id,
           greatest(1, ceil(extract(epoch FROM failed.oldest_at + interval '24 hours' - a.instant)))::integer
      FROM unnest(verdicts, are_mine, owner_keys, account_ids, family_member_ids, number_hashes, name_hashes, scopes,
                  expire_ons, instants, owner_ids) WITH ORDINALITY
           AS a (verdict, is_mine, owner_key, account_id, family_member_id, number_hash, name_hash, scope, expires_on,
                 instant, owner_id, ord)
     CROSS JOIN LATERAL (SELECT (a.instant AT TIME ZONE 'Asia/Shanghai')::date AS day) AS today
      LEFT JOIN account ON account.person_key = a.owner_key AND account.account_id = a.account_id
      LEFT JOIN family_member AS member ON member.person_key = a.owner_key
                                       AND member.family_member_id = a.family_member_id
      LEFT JOIN LATERAL (
           SELECT person.person_key, person.person_id
             FROM current_identifier
             JOIN person ON person.person_key = current_identifier.person_key
            WHERE current_identifier.kind = 'citizen_number' AND current_identifier.hash = a.number_hash
              AND hash_is(person.name_hash, a.name_hash) AND person.deceased_on IS NULL) AS named ON true
     CROSS JOIN LATERAL (
           SELECT count(*) AS count, min(key.created_at) AS oldest_at
             FROM idempotency_key AS key
            WHERE key.principal_id = a.owner_id AND key.operation = 'create_view_grant'
              AND key.status = 'member_name_mismatch' AND key.created_at > a.instant - interval '24 hours') AS failed
      -- A child's guardian looks in the child's place, unless that is the owner.
     CROSS JOIN LATERAL (
           SELECT family_is_minor((SELECT person.birth_date FROM person
                                   WHERE person.person_key = member.member_person_key),
                                  today.day) AS is_minor) AS ward
     CROSS JOIN LATERAL (
           SELECT CASE WHEN member.state IS NULL THEN named.person_key
                       WHEN member.guardian_person_key <> a.owner_key AND ward.is_minor THEN member.guardian_person_key
                       ELSE member.member_person_key END AS person_key,
                  CASE WHEN member.state IS NULL THEN named.person_id
                       WHEN member.guardian_person_key <> a.owner_key AND ward.is_minor THEN member.guardian_id
                       ELSE member.member_id END AS person_id) AS viewer
      LEFT JOIN view_grant AS granted ON granted.person_key = a.owner_key AND granted.account_id = a.account_id
           AND granted.viewer_person_key = viewer.person_key AND granted.state = 'granted'
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION view_grant_judge(text[], boolean[], bigint[], uuid[], uuid[], uuid[], bytea[], bytea[], text[],
    date[], timestamptz[], uuid[], integer) IS
    'Judges requests to let somebody look at an account; one status row for each, with who it would be';
