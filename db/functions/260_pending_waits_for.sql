-- What something in flight waits for, as a word for people.
-- SPDX-License-Identifier: Apache-2.0
-- Locks none. machine: of state_step, or hold and consent_request, which have no machine. A plain expression, so that
-- it is inlined.
CREATE OR REPLACE FUNCTION pending_waits_for(machine text, state text)
RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE machine
    WHEN 'hold' THEN 'capture'
    WHEN 'wallet_transfer' THEN 'acceptance'
    WHEN 'family_member' THEN 'acceptance'
    WHEN 'consent_request' THEN 'answer'
    WHEN 'withdrawal' THEN CASE state WHEN 'submitted' THEN 'review' WHEN 'reviewed' THEN 'review'
                                      WHEN 'bounced' THEN 'bank_account' ELSE 'payout' END
    ELSE CASE state WHEN 'out_review' THEN 'review' WHEN 'in_review' THEN 'review' WHEN 'paying' THEN 'payout'
                    ELSE 'check' END END;
COMMENT ON FUNCTION pending_waits_for(text, text) IS 'What something in flight waits for, as a word for people';
