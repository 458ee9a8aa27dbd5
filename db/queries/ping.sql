-- Shows that the database answers.
-- SPDX-License-Identifier: Apache-2.0
-- lane: read
-- repeatable: yes
-- column: answer int4
SELECT 1
