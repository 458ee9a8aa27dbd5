-- Rules of coverage (interruption, waiting periods, retirement years) as data, and exempt groups on enrolments.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE TABLE coverage_rule (
    pool_code text NOT NULL CHECK (pool_code ~ '^[0-9]{6}$'),
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    effective_from date NOT NULL,
    payment_deadline_day smallint CHECK (payment_deadline_day BETWEEN 1 AND 31),
    benefits_grace_months smallint CHECK (benefits_grace_months BETWEEN 0 AND 12),
    usable_while_suspended boolean,
    back_payable_gap_months smallint CHECK (back_payable_gap_months BETWEEN 0 AND 12),
    waiting_months smallint CHECK (waiting_months BETWEEN 0 AND 6),
    bridge_min_continuous_months smallint CHECK (bridge_min_continuous_months BETWEEN 0 AND 120),
    deemed_record_months smallint CHECK (deemed_record_months BETWEEN 1 AND 12),
    retirement_years_male smallint CHECK (retirement_years_male BETWEEN 1 AND 50),
    retirement_years_female smallint CHECK (retirement_years_female BETWEEN 1 AND 50),
    first_counted_year smallint CHECK (first_counted_year BETWEEN 2000 AND 2100),
    fixed_wait_months smallint CHECK (fixed_wait_months BETWEEN 0 AND 12),
    variable_wait_months smallint CHECK (variable_wait_months BETWEEN 0 AND 12),
    repaired_wait_months smallint CHECK (repaired_wait_months BETWEEN 0 AND 12),
    long_break_years smallint CHECK (long_break_years BETWEEN 1 AND 50),
    long_break_wait_months smallint CHECK (long_break_wait_months BETWEEN 0 AND 24),
    newborn_days smallint CHECK (newborn_days BETWEEN 0 AND 366),
    switch_gap_months smallint CHECK (switch_gap_months BETWEEN 0 AND 12),
    exempt_groups text[] CHECK (array_to_string(exempt_groups, ',', '') ~ '^([a-z][a-z0-9_]{1,39}(,|$))*$'),
    window_opens_month smallint CHECK (window_opens_month BETWEEN -11 AND 12),
    window_opens_day smallint CHECK (window_opens_day BETWEEN 1 AND 31),
    window_closes_month smallint CHECK (window_closes_month BETWEEN -11 AND 12),
    window_closes_day smallint CHECK (window_closes_day BETWEEN 1 AND 31),
    source text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (pool_code, scheme, effective_from),
    -- A row is whole: what it does not say is not looked up elsewhere.
    CHECK (scheme <> 'employee' OR num_nulls(benefits_grace_months, usable_while_suspended, back_payable_gap_months,
        waiting_months, bridge_min_continuous_months, deemed_record_months) = 0),
    CHECK (scheme <> 'employee' OR num_nonnulls(first_counted_year, fixed_wait_months, variable_wait_months,
        repaired_wait_months, long_break_years, long_break_wait_months, newborn_days, switch_gap_months, exempt_groups,
        window_opens_month, window_opens_day, window_closes_month, window_closes_day) = 0),
    CHECK (scheme <> 'resident' OR num_nulls(first_counted_year, fixed_wait_months, variable_wait_months,
        repaired_wait_months, long_break_years, long_break_wait_months, newborn_days, exempt_groups, window_opens_month,
        window_opens_day, window_closes_month) = 0),
    CHECK (scheme <> 'resident' OR num_nonnulls(payment_deadline_day, benefits_grace_months, usable_while_suspended,
        back_payable_gap_months, waiting_months, bridge_min_continuous_months, deemed_record_months,
        retirement_years_male, retirement_years_female) = 0),
    CHECK ((retirement_years_male IS NULL) = (retirement_years_female IS NULL)),
    CHECK (window_opens_month <= window_closes_month)
);
COMMENT ON TABLE coverage_rule IS 'Rules of coverage of one scheme, from a day on. Looked up for the pool, its policy parent, its province, then 000000; the first level with a row in force gives all of it';
COMMENT ON COLUMN coverage_rule.pool_code IS 'Pool, province, or 000000 for the nation';
COMMENT ON COLUMN coverage_rule.scheme IS 'employee or resident; the columns of the other scheme are null';
COMMENT ON COLUMN coverage_rule.effective_from IS 'First day on which it holds, until the next row of the same pool and scheme';
COMMENT ON COLUMN coverage_rule.payment_deadline_day IS 'Employee: last day of the month on which that month can be paid in time; null: the last day of the month';
COMMENT ON COLUMN coverage_rule.benefits_grace_months IS 'Employee: months for which benefits go on after the last paid month; 0: they stop from the month after it';
COMMENT ON COLUMN coverage_rule.usable_while_suspended IS 'Employee: whether the personal account stays usable while benefits are stopped';
COMMENT ON COLUMN coverage_rule.back_payable_gap_months IS 'Employee: longest gap, in months, that can be back-paid with retroactive benefits; a longer one brings the waiting period';
COMMENT ON COLUMN coverage_rule.waiting_months IS 'Employee: months of waiting after a longer gap, from the month of re-enrolment';
COMMENT ON COLUMN coverage_rule.bridge_min_continuous_months IS 'Employee: continuous months before a gap that let months in the resident scheme bridge it';
COMMENT ON COLUMN coverage_rule.deemed_record_months IS 'Employee: months that one record of deemed years stands for, from its period on: 12 for a year';
COMMENT ON COLUMN coverage_rule.retirement_years_male IS 'Employee: years of contribution that give men coverage in retirement; null where the pool does not state it';
COMMENT ON COLUMN coverage_rule.retirement_years_female IS 'Employee: years of contribution that give women coverage in retirement; null where the pool does not state it';
COMMENT ON COLUMN coverage_rule.first_counted_year IS 'Resident: first year that can count as broken or late';
COMMENT ON COLUMN coverage_rule.fixed_wait_months IS 'Resident: months of waiting for whoever paid outside the window or has a broken year';
COMMENT ON COLUMN coverage_rule.variable_wait_months IS 'Resident: further months of waiting for each broken year after the first';
COMMENT ON COLUMN coverage_rule.repaired_wait_months IS 'Resident: further months taken off again for each broken year that was paid later';
COMMENT ON COLUMN coverage_rule.long_break_years IS 'Resident: broken years from which on the waiting period has a minimum';
COMMENT ON COLUMN coverage_rule.long_break_wait_months IS 'Resident: that minimum, months';
COMMENT ON COLUMN coverage_rule.newborn_days IS 'Resident: days after birth within which a newborn is paid for without waiting';
COMMENT ON COLUMN coverage_rule.switch_gap_months IS 'Resident: whole months after the last employee month within which payment outside the window brings no wait; null: no such exemption';
COMMENT ON COLUMN coverage_rule.exempt_groups IS 'Resident: values of enrolment.exempt_group that never wait';
COMMENT ON COLUMN coverage_rule.window_opens_month IS 'Resident: month in which payment for a year opens, 1 for its January, 0 for the December before';
COMMENT ON COLUMN coverage_rule.window_opens_day IS 'Resident: first day of the window in that month';
COMMENT ON COLUMN coverage_rule.window_closes_month IS 'Resident: month in which it closes, numbered in the same way';
COMMENT ON COLUMN coverage_rule.window_closes_day IS 'Resident: last day of the window in that month; null: the last day of the month';
COMMENT ON COLUMN coverage_rule.source IS 'Where this row comes from';

ALTER TABLE enrolment ADD COLUMN exempt_group text CHECK (exempt_group ~ '^[a-z][a-z0-9_]{1,39}$');
COMMENT ON COLUMN enrolment.exempt_group IS 'Group that a rule of coverage may exempt from waiting (coverage_rule.exempt_groups), set by staff; null: none';

GRANT SELECT ON coverage_rule TO yibao_app;

-- migrate:down
ALTER TABLE enrolment DROP COLUMN exempt_group;
DROP TABLE coverage_rule;
