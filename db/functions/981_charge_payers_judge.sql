-- Judges how much each payer beside the account that is charged may pay at most; their accounts are locked.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: arrays with one element for each payer, as charge_payers_find found them; expires_ats null: no hold.
-- Locks: none taken. Outcomes: one row for each payer, in order. most_fen is 0 where it cannot pay: its account's
-- status does not allow it, its pool does not pay for the usage, the hold is too long for it, its owner does not share
-- it any more or not for this, it can be shared no longer (family_ending_reason: the sweep that ends it comes later),
-- or the relative is not enrolled. Else it is what is available, or less where a limit comes first: of a charge, month
-- or year as the owner set it, of a day as the pool has it.
CREATE OR REPLACE FUNCTION charge_payers_judge(
    payer_kinds text[], person_keys bigint[], account_ids uuid[], family_member_ids uuid[], provider_ids uuid[],
    usages text[], expires_ats timestamptz[], business_dates date[], instant timestamptz)
RETURNS TABLE (ord bigint, most_fen bigint, pool_code text, pays_first text, current_year_fen bigint,
               carried_over_fen bigint)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT a.ord,
           CASE WHEN may.allowed IS NOT TRUE OR (account.status = 'suspended' AND EXISTS (
                         SELECT FROM coverage_rule_at(account.pool_code, 'employee', a.business_date) AS coverage
                          WHERE NOT coverage.usable_while_suspended))
                     OR (a.payer_kind = 'own' AND account.status <> 'spend_only')
                     OR NOT usage_is_allowed(account.pool_code, provider.institution_type, a.usage)
                     OR a.expires_at <= greatest(instant, account.last_posted_at)
                     OR a.expires_at > instant + make_interval(hours => rule.hold_max_hours)
                     OR (a.payer_kind = 'family' AND (member.family_member_id IS NULL
                         OR family_ending_reason(member) IS NOT NULL
                         OR NOT EXISTS (SELECT FROM enrolment
                                         WHERE enrolment.person_key = member.member_person_key
                                           AND enrolment.status IN ('active', 'closing')
                                           AND enrolment.started_on <= a.business_date)
                         OR NOT EXISTS (SELECT FROM family_rule_at(account.pool_code, a.business_date) AS shared
                                         WHERE a.usage = ANY (shared.usages)))) THEN 0
                ELSE greatest(0, least(
                         account.current_year_fen + account.carried_over_fen - account.held_fen,
                         rule.account_day_limit_fen - spent.all_fen, rule.provider_day_limit_fen - spent.provider_fen,
                         member.charge_limit_fen,
                         member.month_limit_fen - family_member_used(
                             member.person_key, member.family_member_id, span.month,
                             (span.month + interval '1 month')::date),
                         member.year_limit_fen - family_member_used(
                             member.person_key, member.family_member_id, span.year,
                             (span.year + interval '1 year')::date)))
                END::bigint,
           account.pool_code, rule.pays_first, account.current_year_fen, account.carried_over_fen
      FROM unnest(payer_kinds, person_keys, account_ids, family_member_ids, provider_ids, usages, expires_ats,
                  business_dates) WITH ORDINALITY
           AS a (payer_kind, person_key, account_id, family_member_id, provider_id, usage, expires_at,
                 business_date, ord)
     CROSS JOIN LATERAL (SELECT date_trunc('month', a.business_date::timestamp)::date AS month,
                                date_trunc('year', a.business_date::timestamp)::date AS year) AS span
      JOIN account ON account.person_key = a.person_key AND account.account_id = a.account_id
      JOIN provider ON provider.provider_id = a.provider_id
     CROSS JOIN LATERAL charge_rule_at(account.pool_code, a.business_date) AS rule
     CROSS JOIN LATERAL account_day_spent(a.person_key, a.account_id, a.business_date, a.provider_id) AS spent
      LEFT JOIN family_member AS member ON a.payer_kind = 'family' AND member.person_key = a.person_key
           AND member.family_member_id = a.family_member_id AND member.state = 'active' AND member.way = 'direct'
           AND a.usage = ANY (member.usages)
      LEFT JOIN account_status_rule AS may ON may.status = account.status
           AND may.operation = CASE WHEN a.expires_at IS NULL THEN 'spend' ELSE 'hold' END
     ORDER BY a.ord;
END
$$;
COMMENT ON FUNCTION charge_payers_judge(text[], bigint[], uuid[], uuid[], uuid[], text[], timestamptz[], date[],
    timestamptz) IS
    'How much each payer beside the account that is charged may pay at most';
