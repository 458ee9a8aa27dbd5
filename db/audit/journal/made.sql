-- I6: all that clients ($1, an array of ids) did to charges, each with the words by which a journal has it.
-- SPDX-License-Identifier: Apache-2.0
-- The words are those of cli/audit/journal.c: client, what, number or id.
SELECT concat_ws(' ', charge.provider_id, 'charge', charge.charge_no), 'charge', charge.charge_id::text,
       'charge_no', charge.charge_no
FROM charge
WHERE charge.provider_id = ANY ($1::uuid[])
UNION ALL
SELECT concat_ws(' ', charge.provider_id, CASE charge.state WHEN 'captured' THEN 'capture' ELSE 'void' END,
                 charge.charge_id),
       'charge', charge.charge_id::text, 'state', charge.state
FROM charge
WHERE charge.provider_id = ANY ($1::uuid[]) AND charge.expires_at IS NOT NULL AND charge.state IN ('captured', 'voided')
UNION ALL
SELECT concat_ws(' ', refund.provider_id, 'refund', refund.refund_no), 'charge_refund', refund.refund_id::text,
       'refund_no', refund.refund_no
FROM charge_refund AS refund
WHERE refund.provider_id = ANY ($1::uuid[])
