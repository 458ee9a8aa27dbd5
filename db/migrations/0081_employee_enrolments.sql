-- Employee enrolments by pool: the way of a run of pensioner credits through its people.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS enrolment_employee_pool;
-- migrate:next
CREATE INDEX CONCURRENTLY enrolment_employee_pool ON enrolment (pool_code, person_key) WHERE scheme = 'employee';
-- migrate:next
COMMENT ON INDEX enrolment_employee_pool IS 'Who is or was enrolled as an employee in a pool, in the order of runs of pensioner credits';

-- migrate:down
DROP INDEX enrolment_employee_pool;
