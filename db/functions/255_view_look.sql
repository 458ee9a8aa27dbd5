-- Whether somebody may look at another person's account now, and if so records that they do.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: the account, who looks, what of it they ask for (balance or entries), the real instant, and the audit
-- event, whose id comes from the caller, so executing it again records nothing twice.
-- Locks: none. Outcomes: the grant's id; no row when there is none in force, and then nothing is recorded: an account
-- that is not shown and one that is not there look alike,
-- and nobody fills the log of somebody who let them see nothing.
CREATE OR REPLACE FUNCTION view_look(
    owner_key bigint, asked_account_id uuid, asked_viewer_id uuid, asked_scope text, real_instant timestamptz,
    asked_action text, asked_event_id uuid, asked_request_id text)
RETURNS TABLE (view_grant_id uuid)
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    SELECT given.view_grant_id INTO view_grant_id
      FROM view_grant AS given
      JOIN account ON account.person_key = given.person_key AND account.account_id = given.account_id
     WHERE given.person_key = owner_key AND given.account_id = asked_account_id AND given.viewer_id = asked_viewer_id
       AND given.viewer_person_key = person_key_of(asked_viewer_id) AND given.state = 'granted'
       AND given.expires_on >= (real_instant AT TIME ZONE 'Asia/Shanghai')::date
       AND (asked_scope = 'balance' OR given.scope = 'balance_and_entries') AND account.status <> 'deceased';
    IF view_grant_id IS NOT NULL THEN
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, request_id, detail)
        VALUES (asked_event_id, real_instant, 'citizen', asked_viewer_id, asked_action, owner_key, asked_account_id,
                asked_request_id, jsonb_build_object('view_grant_id', view_grant_id))
            ON CONFLICT (event_id) DO NOTHING;
        RETURN NEXT;
    END IF;
END
$$;
COMMENT ON FUNCTION view_look(bigint, uuid, uuid, text, timestamptz, text, uuid, text) IS
    'The grant by which somebody may look at another person''s account now, with an audit event of it; no row when '
    'they may not';
