-- Takes steps of family members as family_member_step does, and tells their owners where a message is given.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments, locks and outcomes: those of family_member_step; outbox_ids and payloads: those of family_owner_tell.
CREATE OR REPLACE FUNCTION family_member_step_tell(
    asked_operation text, asked_event text, asker_keys bigint[], visibles text[], person_keys bigint[],
    family_member_ids uuid[], charge_limits_fen bigint[], month_limits_fen bigint[], year_limits_fen bigint[],
    usages text[], principal_ids uuid[], instants timestamptz[], real_instants timestamptz[], keys text[],
    content_hashes bytea[], event_ids uuid[], request_ids text[], outbox_ids uuid[], payloads bytea[], waits boolean[])
RETURNS TABLE (ord bigint, status text, is_replayed boolean, outcome jsonb)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    done record;
BEGIN
    SELECT array_agg(d.status ORDER BY d.ord) AS statuses, array_agg(d.is_replayed ORDER BY d.ord) AS replayed,
           array_agg(d.outcome ORDER BY d.ord) AS outcomes
      INTO done
      FROM family_member_step(asked_operation, asked_event, asker_keys, visibles, person_keys, family_member_ids,
                              charge_limits_fen, month_limits_fen, year_limits_fen, usages, principal_ids, instants,
                              real_instants, keys, content_hashes, event_ids, request_ids, waits) AS d;
    PERFORM family_owner_tell(done.statuses, done.replayed, person_keys, outbox_ids, payloads, real_instants);
    RETURN QUERY
    SELECT s.ord, s.status, done.replayed[s.ord], done.outcomes[s.ord]
      FROM unnest(done.statuses) WITH ORDINALITY AS s (status, ord)
     ORDER BY s.ord;
END
$$;
COMMENT ON FUNCTION family_member_step_tell(text, text, bigint[], text[], bigint[], uuid[], bigint[], bigint[],
    bigint[], text[], uuid[], timestamptz[], timestamptz[], text[], bytea[], uuid[], text[], uuid[], bytea[],
    boolean[]) IS
    'Takes steps of family members and tells their owners; one status row for each member: done, or why not';
