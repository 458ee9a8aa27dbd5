-- What speaks against merging two records of one person; null when nothing does.
-- SPDX-License-Identifier: Apache-2.0
-- Locks: none; whoever acts on it has locked persons and accounts. Outcomes, by precedence:
--   conflict               one of them is merged away already, or they are the same; open holds on an account of the
--                          duplicate; a grant to look at an account, of the duplicate or to it;
--                          a transfer of either under way;
--                          an account that the duplicate shares, or is a member or guardian of, invitations counted;
--                          no room for the sum in an account; no way to tell two contributions apart; a withdrawal of
--                          either is under way, or money from or to a wallet of either
--   not_allowed_in_status  one of them is dead; an account of the duplicate may not give (account_status_rule:
--                          transfer_out); the survivor's account of that pool may not take (adjust)
CREATE OR REPLACE FUNCTION merge_refusal(survivor_key bigint, duplicate_key bigint) RETURNS text
    LANGUAGE sql STABLE AS $$
SELECT CASE
    WHEN survivor_key = duplicate_key
         OR EXISTS (SELECT FROM person_alias WHERE person_key IN (survivor_key, duplicate_key))
         OR (SELECT count(*) FROM person WHERE person_key IN (survivor_key, duplicate_key)) <> 2 THEN 'conflict'
    WHEN EXISTS (SELECT FROM person WHERE person_key IN (survivor_key, duplicate_key) AND deceased_on IS NOT NULL)
         OR EXISTS (SELECT FROM account JOIN account_status_rule AS rule USING (status)
                     WHERE account.person_key = duplicate_key AND account.status <> 'closed'
                       AND rule.operation = 'transfer_out' AND NOT rule.allowed)
         OR EXISTS (SELECT FROM account AS giving
                      JOIN account AS taking ON taking.person_key = survivor_key AND taking.pool_code = giving.pool_code
                      JOIN account_status_rule AS rule ON rule.status = taking.status AND rule.operation = 'adjust'
                     WHERE giving.person_key = duplicate_key AND NOT rule.allowed
                       AND giving.current_year_fen + giving.carried_over_fen > 0) THEN 'not_allowed_in_status'
    WHEN EXISTS (SELECT FROM account WHERE person_key = duplicate_key AND held_fen > 0)
         OR EXISTS (SELECT FROM transfer WHERE person_key IN (survivor_key, duplicate_key) AND ended_at IS NULL)
         OR EXISTS (SELECT FROM withdrawal WHERE person_key IN (survivor_key, duplicate_key) AND ended_at IS NULL)
         OR EXISTS (SELECT FROM view_grant
                     WHERE state = 'granted' AND duplicate_key IN (person_key, viewer_person_key))
         OR EXISTS (SELECT FROM wallet_transfer
                     WHERE person_key IN (survivor_key, duplicate_key) AND state = 'pending')
         OR EXISTS (SELECT FROM wallet_transfer
                     WHERE receiver_person_key IN (survivor_key, duplicate_key) AND state = 'pending')
         OR EXISTS (SELECT FROM family_member
                     WHERE state IN ('invited', 'active')
                       AND (person_key = duplicate_key OR member_person_key = duplicate_key
                            OR guardian_person_key = duplicate_key))
         OR EXISTS (SELECT FROM account AS giving
                      JOIN account AS taking ON taking.person_key = survivor_key AND taking.pool_code = giving.pool_code
                     WHERE giving.person_key = duplicate_key
                       AND giving.current_year_fen + giving.carried_over_fen
                           > 9007199254740991 - taking.current_year_fen - taking.carried_over_fen)
         OR EXISTS (SELECT FROM (SELECT given.period, given.scheme, given.kind, copied.source_document
                                   FROM merge_contribution_copies(survivor_key, duplicate_key) AS copied
                                   JOIN contribution AS given ON given.person_key = duplicate_key
                                        AND given.contribution_id = copied.contribution_id
                                 UNION ALL
                                 SELECT own.period, own.scheme, own.kind, own.source_document
                                   FROM contribution AS own WHERE own.person_key = survivor_key) AS together
                     GROUP BY together.period, together.scheme, together.kind, together.source_document
                    HAVING count(*) > 1) THEN 'conflict' END
$$;
COMMENT ON FUNCTION merge_refusal(bigint, bigint) IS
    'What speaks against merging two records of one person; null when nothing does';
