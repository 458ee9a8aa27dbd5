-- Finds the account that pays for whoever has both numbers, and whether the request was asked before.
-- SPDX-License-Identifier: Apache-2.0
-- One row for each member: no person_key when nobody has both numbers. The account that receives goes first, then those
-- that can only be spent from, oldest first; what can pay nothing comes last, so that the refusal tells why. No
-- account_id where the person's accounts are all out of reach or closed, but is_shared: others pay, for whoever is
-- insured in reach. With account_id is_shared says that others might pay what it does not have. A wallet is only one of
-- the others.
-- mode: set
-- lane: read
-- repeatable: yes
-- param: citizen_hash bytea
-- param: card_hash bytea
-- param: visible text
-- param: provider_id uuid
-- param: key text
-- column: ord int8
-- column: account_id uuid
-- column: was_asked bool
-- column: person_key int8
-- column: is_shared bool
SELECT asked.ord, CASE WHEN payer.status <> 'closed' OR NOT others.are_there THEN payer.account_id END,
       EXISTS (SELECT FROM idempotency_key
                WHERE idempotency_key.principal_id = asked.provider_id AND idempotency_key.operation = 'create_charge'
                  AND idempotency_key.key = asked.key),
       payer.person_key, others.are_there
  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::uuid[], $5::text[]) WITH ORDINALITY
       AS asked (citizen_hash, card_hash, visible, provider_id, key, ord)
  LEFT JOIN LATERAL (
       SELECT citizen.person_key, account.account_id, account.status
         FROM current_identifier AS citizen
         JOIN current_identifier AS card ON card.person_key = citizen.person_key
         LEFT JOIN account ON account.person_key = citizen.person_key AND account.pool_code <> '000000'
              AND (asked.visible IS NULL OR account.pool_code LIKE ANY (string_to_array(asked.visible, ',')))
        WHERE citizen.kind = 'citizen_number' AND citizen.hash = asked.citizen_hash
          AND card.kind = 'card_number' AND card.hash = asked.card_hash
        ORDER BY CASE WHEN account.status IN ('active', 'suspended') THEN 1
                      WHEN account.status = 'spend_only' THEN 2 ELSE 3 END, account.opened_at, account.account_id
        LIMIT 1) AS payer ON true
  LEFT JOIN LATERAL (
       SELECT payer.person_key IS NOT NULL AND charge_has_more_payers(payer.person_key, payer.account_id)
              AND (payer.status <> 'closed' OR EXISTS (
                       SELECT FROM enrolment
                        WHERE enrolment.person_key = payer.person_key
                          AND enrolment.status IN ('active', 'suspended', 'closing')
                          AND (asked.visible IS NULL
                               OR enrolment.pool_code LIKE ANY (string_to_array(asked.visible, ','))))))
                          AS others (are_there)
       ON true
 ORDER BY asked.ord
