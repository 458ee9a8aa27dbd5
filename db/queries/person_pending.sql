-- Reads one page of what is under way for a person or waits for them, newest first;
-- one row without any when there is none.
-- SPDX-License-Identifier: Apache-2.0
-- No row at all when the person is absent or has nothing in the visible pools. Columns as of account_pending. Of
-- transfers and withdrawals only those of visible pools; what waits for the person's own answer, to whom the person is
-- visible. Requests for consent only for the person (has_own).
-- lane: slow
-- repeatable: yes
-- param: person_key int8
-- param: person_id uuid
-- param: visible text
-- param: has_own bool
-- param: at instant (real time, which requests for consent go by)
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
SELECT person.person_id, person.pool_code, page.pending_id, page.kind, page.state, page.amount_fen, page.since,
       page.expected_end, pending_waits_for(page.machine, page.state),
       pending_waits_on(page.machine, page.state, page.has_guardian), page.region_code, NULL::uuid
  FROM person
  LEFT JOIN LATERAL (
       SELECT open.*
         FROM ((SELECT coming.wallet_transfer_id AS pending_id, 'wallet_transfer_in' AS kind,
                       'wallet_transfer' AS machine, coming.state, coming.amount_fen, coming.created_at AS since,
                       coming.returns_at AS expected_end,
                       member.guardian_person_key IS NOT NULL
                           AND family_is_minor(person.birth_date, $8) AS has_guardian,
                       NULL::text AS region_code
                  FROM wallet_transfer AS coming
                  LEFT JOIN family_member AS member ON member.person_key = coming.person_key
                       AND member.family_member_id = coming.family_member_id
                 WHERE coming.receiver_person_key = $1 AND coming.state = 'pending' AND coming.wallet_transfer_id < $6
                 ORDER BY coming.wallet_transfer_id DESC LIMIT $7)
                UNION ALL
               (SELECT coming.wallet_transfer_id, 'wallet_transfer_in', 'wallet_transfer', coming.state,
                coming.amount_fen,
                       coming.created_at, coming.returns_at, true, NULL
                  FROM family_member AS child
                  JOIN wallet_transfer AS coming ON coming.person_key = child.person_key
                       AND coming.account_id = child.account_id AND coming.family_member_id = child.family_member_id
                  JOIN person AS minor ON minor.person_key = child.member_person_key
                       AND family_is_minor(minor.birth_date, $8)
                 WHERE child.guardian_person_key = $1 AND coming.state = 'pending' AND coming.wallet_transfer_id < $6
                 ORDER BY coming.wallet_transfer_id DESC LIMIT $7)
                UNION ALL
               (SELECT asked.family_member_id, 'family_invitation_in', 'family_member', asked.state, NULL,
                       asked.invited_at, pending_end(asked.invited_until),
                       asked.guardian_person_key IS NOT NULL AND family_is_minor(person.birth_date, $8), NULL
                  FROM family_member AS asked
                 WHERE asked.member_person_key = $1 AND asked.state = 'invited' AND asked.family_member_id < $6
                 ORDER BY asked.family_member_id DESC LIMIT $7)
                UNION ALL
               (SELECT asked.family_member_id, 'family_invitation_in', 'family_member', asked.state, NULL,
                       asked.invited_at, pending_end(asked.invited_until), true, NULL
                  FROM family_member AS asked
                  JOIN person AS minor ON minor.person_key = asked.member_person_key
                       AND family_is_minor(minor.birth_date, $8)
                 WHERE asked.guardian_person_key = $1 AND asked.state = 'invited' AND asked.family_member_id < $6
                 ORDER BY asked.family_member_id DESC LIMIT $7)
                UNION ALL
               (SELECT request.consent_request_id, 'consent_request', 'consent_request', request.state, NULL,
                       request.created_at, request.expires_at, false, NULL
                  FROM consent_request AS request
                  JOIN client ON client.client_id = request.client_id AND client.state = 'active'
                 WHERE $4 AND request.person_key = $1 AND request.state = 'pending' AND request.expires_at > $5
                   AND request.consent_request_id < $6)
                UNION ALL
               (SELECT moved.pending_id, moved.kind, moved.machine, moved.state, moved.amount_fen, moved.since,
                       moved.expected_end, false, moved.region_code
                  FROM pending_moves($1, NULL, $3) AS moved
                 WHERE moved.pending_id < $6)) AS open
        ORDER BY open.pending_id DESC
        LIMIT $7) AS page ON true
 WHERE person.person_key = $1 AND person.person_id = $2 AND ($3::text IS NULL OR person_is_visible($1, $3))
 ORDER BY page.pending_id DESC
