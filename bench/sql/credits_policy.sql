-- The plan of pool 620500: 100.00 a month, from 70 on 110.00, less 3.00 for critical illness.
-- SPDX-License-Identifier: Apache-2.0
INSERT INTO credit_policy (policy_id, region_code, plan_code, version, effective_from, plan_kind, period, is_pro_rated,
                           age_basis, rounding, legal_basis, source, created_at, activated_at)
VALUES ('01900000-0007-7000-8000-000000000001', '620500', 'basic', 1, '2020-01-01', 'fixed', 'month', false,
        'credit_month', 'half_up',
        'bench', 'bench', '2020-01-01', '2020-01-01');
INSERT INTO credit_policy_tier (policy_id, min_age, amount_fen)
VALUES ('01900000-0007-7000-8000-000000000001', 0, 10000), ('01900000-0007-7000-8000-000000000001', 70, 11000);
INSERT INTO credit_policy_deduction (policy_id, kind, amount_fen)
VALUES ('01900000-0007-7000-8000-000000000001', 'critical_illness', 300);
