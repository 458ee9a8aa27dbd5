-- How far the test clock of the deployment is ahead.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- column: advance_us int8
SELECT test_clock.advance_us FROM test_clock
