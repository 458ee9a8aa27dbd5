-- Finds the account that pays for whoever has both numbers, and whether the request was asked before.
-- SPDX-License-Identifier: Apache-2.0
-- One row for each member: no account_id when nobody has both numbers, or their accounts are all out of reach. The
-- account that receives goes first, then those that can only be spent from, oldest first; what can pay nothing comes
-- last, so that the refusal tells why. A wallet (pool 000000) is never charged first.
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
SELECT asked.ord, payer.account_id,
       EXISTS (SELECT FROM idempotency_key
                WHERE idempotency_key.principal_id = asked.provider_id AND idempotency_key.operation = 'create_charge'
                  AND idempotency_key.key = asked.key)
  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::uuid[], $5::text[]) WITH ORDINALITY
       AS asked (citizen_hash, card_hash, visible, provider_id, key, ord)
  LEFT JOIN LATERAL (
       SELECT account.account_id
         FROM current_identifier AS citizen
         JOIN current_identifier AS card ON card.person_key = citizen.person_key
         JOIN account ON account.person_key = citizen.person_key
        WHERE citizen.kind = 'citizen_number' AND citizen.hash = asked.citizen_hash
          AND card.kind = 'card_number' AND card.hash = asked.card_hash
          AND account.pool_code <> '000000'
          AND (asked.visible IS NULL OR account.pool_code LIKE ANY (string_to_array(asked.visible, ',')))
        ORDER BY CASE WHEN account.status IN ('active', 'suspended') THEN 1
                      WHEN account.status = 'spend_only' THEN 2 ELSE 3 END, account.opened_at, account.account_id
        LIMIT 1) AS payer ON true
 ORDER BY asked.ord
