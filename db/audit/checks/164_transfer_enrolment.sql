-- I8: enrolments, accounts and the record form of each transfer are those of its state: one pool or the other,
-- never both or none.
-- SPDX-License-Identifier: Apache-2.0
-- What an approved proposal has corrected since, and enrolments of merged records, are left out: they follow those.
WITH corrected AS (
    SELECT object_id FROM proposal
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'correct_enrolment' AND state = 'approved'
), moved AS MATERIALIZED (
    SELECT transfer.*, moves_on IS NOT NULL AS has_left, ended_at IS NULL AS is_open,
           EXISTS (SELECT FROM state_change AS change
                   WHERE change.person_key = transfer.person_key AND change.object_id = transfer.transfer_id
                     AND change.event = 'move_out') AS let_go,
           EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = transfer.person_key)
           OR from_enrolment_id IN (SELECT object_id FROM corrected) AS old_is_other,
           EXISTS (SELECT FROM person_alias WHERE person_alias.person_key = transfer.person_key)
           OR to_enrolment_id IN (SELECT object_id FROM corrected) AS new_is_other
    FROM transfer WHERE person_key BETWEEN $1::bigint AND $2::bigint
)
SELECT 'transfer', moved.transfer_id::text, fault.column_name, fault.expected, fault.found
FROM moved
LEFT JOIN enrolment AS old ON old.person_key = moved.person_key AND old.enrolment_id = moved.from_enrolment_id
LEFT JOIN enrolment AS new ON new.person_key = moved.person_key AND new.enrolment_id = moved.to_enrolment_id
LEFT JOIN account AS giving ON giving.person_key = moved.person_key AND giving.account_id = moved.from_account_id
LEFT JOIN account AS taking ON taking.person_key = moved.person_key AND taking.account_id = moved.to_account_id
CROSS JOIN LATERAL (
    SELECT 'from_enrolment_id', 'an enrolment in ' || moved.from_pool_code || ' ' || moved.from_scheme,
           coalesce(old.pool_code || ' ' || old.scheme, 'none')
    WHERE (old.pool_code, old.scheme) IS DISTINCT FROM (moved.from_pool_code, moved.from_scheme)
    UNION ALL
    SELECT 'from_enrolment_id', 'one that is closing', old.status
    WHERE moved.is_open AND NOT moved.has_left AND NOT moved.old_is_other AND old.status <> 'closing'
    UNION ALL
    SELECT 'moves_on', 'the day after the old enrolment ended, ' || coalesce(old.ended_on::text, 'which it has not'),
           moved.moves_on::text
    WHERE (moved.is_open OR moved.state = 'completed') AND moved.has_left AND NOT moved.old_is_other
      AND (old.status <> 'ended' OR old.ended_on > greatest(old.started_on, moved.moves_on - 1))
      AND NOT EXISTS (SELECT FROM transfer AS later
                      WHERE later.person_key = moved.person_key AND later.from_enrolment_id = moved.from_enrolment_id
                        AND later.created_at > moved.created_at)
    UNION ALL
    SELECT 'from_enrolment_id', 'one that goes on', old.status
    WHERE moved.state IN ('rejected', 'cancelled') AND NOT moved.old_is_other AND old.status = 'closing'
      AND NOT EXISTS (SELECT FROM transfer AS later
                      WHERE later.person_key = moved.person_key AND later.from_enrolment_id = moved.from_enrolment_id
                        AND later.ended_at IS NULL)
    UNION ALL
    SELECT 'from_enrolment_status', 'active or suspended', coalesce(moved.from_enrolment_status, 'null')
    WHERE coalesce(moved.from_enrolment_status IN ('active', 'suspended'), false) IS NOT TRUE
    UNION ALL
    SELECT 'moves_on', CASE WHEN moved.let_go THEN 'a day' ELSE 'null: nobody has let it go' END,
           coalesce(moved.moves_on::text, 'null')
    WHERE moved.let_go <> moved.has_left
    UNION ALL
    SELECT 'to_enrolment_id', 'an enrolment in ' || moved.to_pool_code || ' ' || moved.to_scheme,
           coalesce(new.pool_code || ' ' || new.scheme, 'none')
    WHERE (moved.to_enrolment_id IS NOT NULL OR (moved.machine = 'transfer' AND moved.state = 'completed'))
      AND (new.pool_code, new.scheme) IS DISTINCT FROM (moved.to_pool_code, moved.to_scheme)
    UNION ALL
    SELECT 'to_enrolment_id', 'one that is in force', new.status
    WHERE moved.machine = 'transfer' AND moved.state = 'completed' AND NOT moved.new_is_other
      AND new.status = 'pending_in'
    UNION ALL
    SELECT 'from_account_id', 'an account of pool ' || moved.from_pool_code, coalesce(giving.pool_code, 'none')
    WHERE moved.from_account_id IS NOT NULL AND giving.pool_code IS DISTINCT FROM moved.from_pool_code
    UNION ALL
    SELECT 'from_account_id', 'null: residents have none', moved.from_account_id::text
    WHERE moved.from_account_id IS NOT NULL AND moved.from_scheme = 'resident'
    UNION ALL
    SELECT 'to_account_id', 'an account of pool ' || moved.to_pool_code, coalesce(taking.pool_code, 'none')
    WHERE moved.to_account_id IS NOT NULL AND taking.pool_code IS DISTINCT FROM moved.to_pool_code
    UNION ALL
    SELECT 'to_account_id', 'null: it is not taken in', moved.to_account_id::text
    WHERE moved.to_account_id IS NOT NULL AND NOT (moved.machine = 'transfer' AND moved.state = 'completed')
    UNION ALL
    SELECT 'to_account_id', 'an account: the enrolment has one', 'null'
    WHERE moved.machine = 'transfer' AND moved.state = 'completed' AND moved.to_account_id IS NULL
      AND (moved.amount_fen > 0 OR (new.account_mode = 'with_account' AND NOT moved.new_is_other))
    UNION ALL
    SELECT 'from_account_status', CASE WHEN moved.has_left AND moved.from_account_id IS NOT NULL THEN 'a status'
                                       ELSE 'null' END,
           coalesce(moved.from_account_status, 'null')
    WHERE (moved.from_account_status IS NOT NULL) <> (moved.has_left AND moved.from_account_id IS NOT NULL)
    UNION ALL
    SELECT 'record_form', CASE WHEN moved.has_left THEN 'that of ' || moved.from_pool_code || ' ' || moved.from_scheme
                               ELSE 'null' END,
           left(coalesce(moved.record_form::text, 'null'), 200)
    WHERE (moved.record_form IS NOT NULL) <> moved.has_left
       OR (moved.record_form ->> 'region_code', moved.record_form ->> 'scheme')
          <> (moved.from_pool_code, moved.from_scheme)
    UNION ALL
    SELECT 'months_moved', coalesce(form.months, 'null'), coalesce(moved.months_moved::text, 'null')
    FROM (SELECT moved.record_form ->> 'months' AS months) AS form
    WHERE form.months IS DISTINCT FROM moved.months_moved::text
    UNION ALL
    SELECT 'record_form', moved.months_moved || ' months', sum((span.one ->> 'months')::numeric)::text
    FROM jsonb_array_elements(CASE jsonb_typeof(moved.record_form -> 'periods') WHEN 'array'
                                   THEN moved.record_form -> 'periods' ELSE '[]' END) AS span (one)
    HAVING coalesce(sum((span.one ->> 'months')::numeric), 0) <> moved.months_moved
    UNION ALL
    SELECT 'way', true_way.word, moved.way
    FROM (SELECT CASE WHEN moved.from_pool_code = moved.to_pool_code THEN 'scheme_only'
                      WHEN left(moved.from_pool_code, 2) = left(moved.to_pool_code, 2) THEN 'in_province'
                      WHEN moved.machine = 'transfer_payout' THEN 'payout' ELSE 'cross_province' END) AS true_way (word)
    WHERE moved.way <> true_way.word
    UNION ALL
    SELECT 'bank_card_sealed', CASE moved.way WHEN 'payout' THEN 'a card' ELSE 'null' END,
           CASE WHEN moved.bank_card_sealed IS NULL THEN 'null' ELSE 'a card' END
    WHERE (moved.bank_card_sealed IS NOT NULL) <> (moved.way = 'payout')
    UNION ALL
    SELECT pools.column_name, 'a pool', pools.code
    FROM (VALUES ('from_pool_code', moved.from_pool_code),
          ('to_pool_code', moved.to_pool_code)) AS pools (column_name, code)
    WHERE NOT EXISTS (SELECT FROM pool WHERE pool.pool_code = pools.code)
) AS fault (column_name, expected, found)
