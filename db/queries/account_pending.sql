-- Reads one page of what is in flight on an account, newest first; one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- Each kind by an index of its own that has only what is open. Holds together are held_fen: of charges of the account,
-- and of what it pays beside others. Transfers and withdrawals are one each, invitations few; holds and wallet
-- transfers stop at a page.
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: account_id uuid
-- param: before_id uuid
-- param: row_limit int8
-- param: today date (of business: whose guardian still answers for them)
-- column: person_id uuid
-- column: pool_code text
-- column: pending_id uuid
-- column: kind text
-- column: state text
-- column: amount_fen int8
-- column: since instant
-- column: expected_end instant
-- column: waits_for text
-- column: waits_on text
-- column: region_code text
-- column: charge_id uuid
-- column: charge_no text
-- column: provider_id uuid
-- column: institution_name text
-- column: institution_type text
-- column: usage text
-- column: item text
-- column: occurred_at instant
-- column: payer_kind text
-- column: family_member_id uuid
SELECT account.person_id, account.pool_code, page.pending_id, page.kind, page.state, page.amount_fen, page.since,
       page.expected_end, pending_waits_for(page.machine, page.state),
       pending_waits_on(page.machine, page.state, page.has_guardian), page.region_code, charge.charge_id,
       charge.charge_no, charge.provider_id, charge.institution_name, charge.institution_type, charge.usage,
       charge.item, charge.occurred_at, charge.payer_kind, charge.family_member_id
  FROM account
  LEFT JOIN LATERAL (
       SELECT open.*
         FROM ((SELECT charge.charge_id AS pending_id, 'hold' AS kind, 'hold' AS machine, 'held' AS state,
                       charge.amount_fen - charge.shared_fen AS amount_fen, charge.created_at AS since,
                       charge.expires_at AS expected_end, false AS has_guardian, NULL::text AS region_code,
                       charge.charge_id AS hold_id
                  FROM charge
                 WHERE charge.person_key = $1 AND charge.account_id = $2 AND charge.state = 'held'
                   AND charge.amount_fen > charge.shared_fen AND charge.charge_id < $3
                 ORDER BY charge.charge_id DESC LIMIT $4)
                UNION ALL
               (SELECT share.share_id, 'hold', 'hold', 'held', share.amount_fen, share.created_at, share.expires_at,
                false,
                       NULL, share.share_id
                  FROM charge_share AS share
                 WHERE share.person_key = $1 AND share.account_id = $2 AND share.state = 'held' AND share.share_id < $3
                 ORDER BY share.share_id DESC LIMIT $4)
                UNION ALL
               (SELECT sent.wallet_transfer_id, 'wallet_transfer_out', 'wallet_transfer', sent.state, sent.amount_fen,
                       sent.created_at, sent.returns_at, member.guardian_person_key IS NOT NULL AND EXISTS (
                           SELECT FROM person AS minor WHERE minor.person_key = sent.receiver_person_key
                              AND family_is_minor(minor.birth_date, $5)), NULL, NULL
                  FROM wallet_transfer AS sent
                  LEFT JOIN family_member AS member ON member.person_key = sent.person_key
                       AND member.family_member_id = sent.family_member_id
                 WHERE sent.person_key = $1 AND sent.account_id = $2 AND sent.state = 'pending'
                   AND sent.wallet_transfer_id < $3
                 ORDER BY sent.wallet_transfer_id DESC LIMIT $4)
                UNION ALL
               (SELECT invited.family_member_id, 'family_invitation_out', 'family_member', invited.state, NULL,
                       invited.invited_at, pending_end(invited.invited_until),
                       invited.guardian_person_key IS NOT NULL AND EXISTS (
                           SELECT FROM person AS minor WHERE minor.person_key = invited.member_person_key
                              AND family_is_minor(minor.birth_date, $5)), NULL, NULL
                  FROM family_member AS invited
                 WHERE invited.person_key = $1 AND invited.account_id = $2 AND invited.state = 'invited'
                   AND invited.family_member_id < $3)
                UNION ALL
               (SELECT moved.pending_id, moved.kind, moved.machine, moved.state, moved.amount_fen, moved.since,
                       moved.expected_end, false, moved.region_code, NULL
                  FROM pending_moves($1, $2, NULL) AS moved
                 WHERE moved.pending_id < $3)) AS open
        ORDER BY open.pending_id DESC
        LIMIT $4) AS page ON true
  LEFT JOIN LATERAL charge_behind('charge', page.hold_id) AS charge ON true
 WHERE account.person_key = $1 AND account.account_id = $2
 ORDER BY page.pending_id DESC
