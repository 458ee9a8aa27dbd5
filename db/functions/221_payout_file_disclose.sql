-- Records that staff are shown a payout file with names and bank cards in full: one event for each person in it.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: visible: comma-joined LIKE patterns of pool codes, null for who sees all. instant in real time: the
-- events' ids come from it, so that repeating the call records nothing twice.
-- Locks: none but those of the inserted rows. Outcomes: the file's id; no row when it is not there, or out of reach.
CREATE OR REPLACE FUNCTION payout_file_disclose(
    file_id uuid, visible text, purpose text, note text, principal_id uuid, instant timestamptz, request_id text)
RETURNS TABLE (payout_file_id uuid)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    tick bigint := floor(extract(epoch FROM instant) * 4096000)::bigint;
    file payout_file;
BEGIN
    SELECT * INTO file FROM payout_file AS f
     WHERE f.payout_file_id = file_id
       AND (payout_file_disclose.visible IS NULL
            OR f.pool_code LIKE ANY (string_to_array(payout_file_disclose.visible, ',')));
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, person_key, object_id, pool_code, request_id,
                             detail)
    SELECT person_id_at(line.person_key, tick + line.line_number), instant, 'staff', principal_id,
           'get_payout_file_content', line.person_key, line.withdrawal_id, file.pool_code,
           payout_file_disclose.request_id,
           jsonb_strip_nulls(jsonb_build_object('payout_file_id', file_id, 'purpose', payout_file_disclose.purpose,
                                                'note', payout_file_disclose.note))
      FROM payout_line AS line
     WHERE line.payout_file_id = file_id
        ON CONFLICT (event_id) DO NOTHING;
    RETURN QUERY SELECT file_id;
END
$$;
COMMENT ON FUNCTION payout_file_disclose(uuid, text, text, text, uuid, timestamptz, text) IS
    'Records that staff are shown a payout file in full, one event for each person in it; the file''s id';
