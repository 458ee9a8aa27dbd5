-- I1: each adjustment is the one entry of one approved proposal, as it was shown to who approved it, and vice versa.
-- SPDX-License-Identifier: Apache-2.0
-- The operation of the entry has the proposal's id. What was shown is `changes` of the proposal's payload. A linked
-- entry is an earlier one of the same account.
WITH approved AS MATERIALIZED (
    SELECT proposal.proposal_id, proposal.person_key, proposal.object_id, proposal.outcome,
           max(change.item ->> 'after') FILTER (WHERE change.item ->> 'field' = 'part') AS part,
           max(change.item ->> 'after') FILTER (WHERE change.item ->> 'field' = 'direction') AS direction,
           max(change.item ->> 'after') FILTER (WHERE change.item ->> 'field' = 'amount_fen') AS amount_fen,
           max(change.item ->> 'after') FILTER (WHERE change.item ->> 'field' = 'linked_entry_id') AS linked_entry_id
    FROM proposal
    LEFT JOIN LATERAL jsonb_array_elements(proposal.payload -> 'changes') AS change (item) ON true
    WHERE proposal.person_key BETWEEN $1::bigint AND $2::bigint AND proposal.kind = 'post_adjustment'
      AND proposal.state = 'approved'
    GROUP BY proposal.proposal_id
), entry AS MATERIALIZED (
    SELECT person_key, account_id, seq, entry_id, operation_id, linked_entry_id, part, direction, amount_fen
    FROM ledger_entry
    WHERE person_key BETWEEN $1::bigint AND $2::bigint AND kind = 'adjustment'
)
SELECT 'ledger_entry', entry.account_id || '/' || entry.seq, fault.column_name, fault.expected, fault.found
FROM entry
LEFT JOIN approved ON approved.proposal_id = entry.operation_id AND approved.person_key = entry.person_key
CROSS JOIN LATERAL (
    SELECT 'operation_id', 'an approved proposal', entry.operation_id::text WHERE approved.proposal_id IS NULL
    UNION ALL
    SELECT 'account_id', 'the account of the proposal', entry.account_id::text
    WHERE approved.proposal_id IS NOT NULL AND approved.object_id IS DISTINCT FROM entry.account_id
    UNION ALL
    SELECT given.column_name, coalesce(given.shown, 'none'), coalesce(given.posted, 'none')
    FROM (VALUES ('part', approved.part, entry.part), ('direction', approved.direction, entry.direction),
                 ('amount_fen', approved.amount_fen, entry.amount_fen::text),
                 ('linked_entry_id', approved.linked_entry_id, entry.linked_entry_id::text))
         AS given (column_name, shown, posted)
    WHERE approved.proposal_id IS NOT NULL AND given.shown IS DISTINCT FROM given.posted
    UNION ALL
    SELECT 'linked_entry_id', 'an earlier entry of the account', entry.linked_entry_id::text
    WHERE entry.linked_entry_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger_entry AS linked
                      WHERE linked.person_key = entry.person_key AND linked.account_id = entry.account_id
                        AND linked.entry_id = entry.linked_entry_id AND linked.seq < entry.seq)
) AS fault (column_name, expected, found)
UNION ALL
SELECT 'proposal', approved.proposal_id::text, 'outcome', 'exactly one entry, of the id it names',
       coalesce(string_agg(entry.entry_id::text, ','), 'none')
FROM approved
LEFT JOIN entry ON entry.person_key = approved.person_key AND entry.operation_id = approved.proposal_id
GROUP BY approved.proposal_id, approved.outcome
HAVING coalesce(string_agg(entry.entry_id::text, ','), 'none') IS DISTINCT FROM (approved.outcome ->> 'entry_id')
