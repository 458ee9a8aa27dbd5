-- Whether a person's transfers and withdrawals may get another document at all, whatever they are.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. Each document counts (attempt_limit, kind document), also those that were taken back.
CREATE OR REPLACE FUNCTION document_has_room(asked_person_key bigint, instant timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM attempt_limit AS allowed
         WHERE allowed.kind = 'document'
           AND allowed.at_most <= (SELECT count(*) FROM document
                                    WHERE document.person_key = asked_person_key
                                      AND document.created_at > instant - make_interval(secs => allowed.window_s)));
END
$$;
COMMENT ON FUNCTION document_has_room(bigint, timestamptz) IS
    'Whether a person''s transfers and withdrawals may get another document at all';
