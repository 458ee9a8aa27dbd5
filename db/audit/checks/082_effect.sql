-- What was approved was done, and nothing of the kind was done without: reversals, merges,
-- and imports of files sent over HTTP.
-- SPDX-License-Identifier: Apache-2.0
-- The operation of a reversal or merge has the id of its proposal, so each of these entries leads to who decided.
-- Corrections are held by 080_proposal. Files concern nobody in particular:
-- they are looked at with the person of key 0, who does not exist.
WITH approved AS (
    SELECT proposal_id, kind, person_key, object_id, payload
    FROM proposal
    WHERE coalesce(person_key, 0) BETWEEN $1::bigint AND $2::bigint AND state = 'approved'
), entry AS (
    SELECT person_key, account_id, seq, operation_id, kind
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint
      AND kind IN ('contribution_reversal', 'receivable', 'merge_out', 'merge_in')
), withdrawn AS (
    SELECT person_key, contribution_id, coalesce(origin_contribution_id, contribution_id) AS first_id, period
    FROM contribution
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND status = 'withdrawn'
), file AS (
    SELECT run.job_id, sum(run.rows_posted) AS rows_posted, sum(run.amount_fen) AS amount_fen,
           array_agg(DISTINCT encode(run.file_sha256, 'hex')) AS digests
    FROM import_run AS run
    WHERE 0 BETWEEN $1::bigint AND $2::bigint AND run.job_id IS NOT NULL AND NOT run.dry_run AND run.rows_posted > 0
    GROUP BY run.job_id
)
SELECT 'proposal', approved.proposal_id::text, 'object_id', 'a contribution that it took back',
       coalesce(given.status, 'none')
FROM approved
LEFT JOIN contribution AS given ON given.person_key = approved.person_key AND given.contribution_id = approved.object_id
WHERE approved.kind = 'reverse_contribution' AND given.status IS DISTINCT FROM 'withdrawn'
  AND NOT (given.status IS NOT DISTINCT FROM 'reversed'
           AND EXISTS (SELECT FROM entry
                       WHERE entry.person_key = approved.person_key AND entry.operation_id = approved.proposal_id
                         AND entry.kind = 'contribution_reversal'))
UNION ALL
SELECT 'proposal', approved.proposal_id::text, 'object_id', 'an alias of the same person', 'none'
FROM approved
WHERE approved.kind = 'merge_people'
  AND NOT EXISTS (SELECT FROM person_alias AS alias
                  LEFT JOIN person_alias AS own ON own.person_key = approved.person_key
                  WHERE alias.person_key = ('x' || right(approved.object_id::text, 12))::bit(48)::bigint
                        + (('x' || substr(approved.object_id::text, 20, 4))::bit(16)::bigint & 16383) * 281474976710656
                    AND alias.person_id = approved.object_id
                    AND alias.current_person_key = coalesce(own.current_person_key, approved.person_key))
UNION ALL
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, 'operation_id', 'an approved proposal', 'none'
FROM entry
LEFT JOIN person ON person.person_key = entry.person_key
WHERE NOT EXISTS (SELECT FROM proposal
                  WHERE proposal.proposal_id = entry.operation_id AND proposal.state = 'approved'
                    AND CASE WHEN entry.kind = 'merge_out'
                             THEN proposal.kind = 'merge_people' AND proposal.object_id = person.person_id
                             WHEN entry.kind = 'merge_in'
                             THEN proposal.kind = 'merge_people' AND proposal.person_key = entry.person_key
                             ELSE proposal.kind = 'reverse_contribution' AND proposal.person_key = entry.person_key END)
  AND NOT (entry.kind = 'receivable' -- what a recomputation of credits took back: approved with its run (112_credit)
           AND EXISTS (SELECT FROM pensioner_credit AS credit
                       JOIN proposal ON proposal.proposal_id = credit.proposal_id AND proposal.state = 'approved'
                       WHERE credit.person_key = entry.person_key AND credit.credit_id = entry.operation_id
                         AND proposal.kind = 'post_credit_recomputation'))
UNION ALL
SELECT 'receivable', receivable.receivable_id::text, 'contribution_id', 'what an approved proposal took back',
       receivable.contribution_id::text
FROM receivable
WHERE receivable.person_key BETWEEN $1::bigint AND $2::bigint AND receivable.origin_receivable_id IS NULL
  AND receivable.kind = 'contribution_reversal'
  AND NOT EXISTS (SELECT FROM approved
                  WHERE approved.proposal_id = receivable.operation_id
                    AND approved.object_id = receivable.contribution_id)
UNION ALL
SELECT 'contribution', withdrawn.contribution_id::text, 'status', 'taken back by an approved proposal', 'withdrawn'
FROM withdrawn
WHERE NOT EXISTS (SELECT FROM approved
                  WHERE approved.kind = 'reverse_contribution' AND approved.person_key = withdrawn.person_key
                    AND approved.object_id = withdrawn.contribution_id)
  -- or of a record that was merged into this one, and taken back there
  AND NOT EXISTS (SELECT FROM person_alias AS alias
                  JOIN contribution AS before ON before.person_key = alias.person_key
                                             AND before.period = withdrawn.period
                  WHERE alias.current_person_key = coalesce((SELECT own.current_person_key FROM person_alias AS own
                                                             WHERE own.person_key = withdrawn.person_key),
                                                            withdrawn.person_key)
                    AND alias.person_key <> withdrawn.person_key AND before.status = 'withdrawn'
                    AND coalesce(before.origin_contribution_id, before.contribution_id) = withdrawn.first_id)
UNION ALL
SELECT 'person_alias', alias.person_id::text, 'reason', 'an approved merge', 'none'
FROM person_alias AS alias
WHERE alias.person_key BETWEEN $1::bigint AND $2::bigint AND alias.reason = 'merged'
  AND NOT EXISTS (SELECT FROM proposal
                  WHERE proposal.kind = 'merge_people' AND proposal.state = 'approved'
                    AND proposal.object_id = alias.person_id)
UNION ALL
SELECT 'job', file.job_id::text, fault.column_name, fault.expected, fault.found
FROM file
LEFT JOIN approved ON approved.kind = 'post_import' AND approved.object_id = file.job_id
LEFT JOIN LATERAL (
    SELECT max((change.item ->> 'after')::numeric) FILTER (WHERE change.item ->> 'field' = 'rows') AS rows_approved,
           max((change.item ->> 'after')::numeric) FILTER (WHERE change.item ->> 'field' = 'amount_fen') AS fen_approved
    FROM jsonb_array_elements(approved.payload -> 'changes') AS change (item)
    WHERE change.item ->> 'field' IN ('rows', 'amount_fen')) AS shown ON true
CROSS JOIN LATERAL (
    SELECT 'proposal_id', 'an approved proposal', 'none' WHERE approved.proposal_id IS NULL
    UNION ALL
    SELECT 'file_sha256', approved.payload ->> 'file_sha256', array_to_string(file.digests, ',')
    WHERE approved.payload ? 'file_sha256' AND file.digests <> ARRAY[approved.payload ->> 'file_sha256']
    UNION ALL
    SELECT 'rows_posted', 'at most ' || shown.rows_approved, file.rows_posted::text
    WHERE file.rows_posted > shown.rows_approved
    UNION ALL
    SELECT 'amount_fen', shown.fen_approved::text, file.amount_fen::text
    WHERE file.rows_posted = shown.rows_approved AND file.amount_fen <> shown.fen_approved
) AS fault (column_name, expected, found)
