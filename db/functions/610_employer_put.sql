-- Records employers by hand, or gives those on record another name, with one audit event each.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each request. seen_ats: business instants; instants: real time, of the event.
-- Locks: those of the rows, in code order. Repeating it with its event id records it once.
-- Outcomes: one row for each member, in order: created or replaced, and the row as it is afterwards. Of several for one
-- employer the last one holds.
CREATE OR REPLACE FUNCTION employer_put(
    employer_codes text[], names text[], codes_valid boolean[], seen_ats timestamptz[], event_ids uuid[],
    instants timestamptz[], actor_ids uuid[], request_ids text[])
RETURNS TABLE (ord bigint, status text, check_digit_valid boolean, first_seen_at timestamptz)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM employer WHERE employer.employer_code = ANY (employer_codes)
     ORDER BY employer.employer_code FOR NO KEY UPDATE;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.*, row_number() OVER (PARTITION BY a.employer_code ORDER BY a.ord DESC) = 1 AS is_last,
               row_number() OVER (PARTITION BY a.employer_code ORDER BY a.ord) = 1 AS is_first
          FROM unnest(employer_codes, names, codes_valid, seen_ats, event_ids, instants, actor_ids, request_ids)
               WITH ORDINALITY
               AS a (employer_code, name, code_valid, seen_at, event_id, instant, actor_id, request_id, ord)
    ), judged AS MATERIALIZED (
        SELECT asked.*, coalesce(employer.check_digit_valid, asked.code_valid) AS check_digit_valid,
               coalesce(employer.first_seen_at, asked.seen_at) AS first_seen_at,
               CASE WHEN employer.employer_code IS NULL AND asked.is_first THEN 'created' ELSE 'replaced' END AS status
          FROM asked
          LEFT JOIN employer ON employer.employer_code = asked.employer_code
    ), stored AS (
        INSERT INTO employer (employer_code, name, check_digit_valid, first_seen_at)
        SELECT judged.employer_code, judged.name, judged.code_valid, judged.seen_at
          FROM judged
         WHERE judged.is_last
         ORDER BY judged.employer_code
            ON CONFLICT (employer_code) DO UPDATE SET name = excluded.name
    ), recorded AS (
        INSERT INTO audit_event (event_id, at, actor_kind, actor_id, action, request_id, detail)
        SELECT judged.event_id, judged.instant, 'staff', judged.actor_id, 'put_employer', judged.request_id,
               jsonb_build_object('employer_code', judged.employer_code, 'outcome', judged.status)
          FROM judged
            ON CONFLICT (event_id) DO NOTHING
    )
    SELECT judged.ord, judged.status, judged.check_digit_valid, judged.first_seen_at FROM judged ORDER BY judged.ord;
END
$$;
COMMENT ON FUNCTION employer_put(text[], text[], boolean[], timestamptz[], uuid[], timestamptz[], uuid[], text[]) IS
    'Records employers or renames them; one row for each member: created or replaced';
