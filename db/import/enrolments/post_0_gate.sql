-- Holds back merges of records until the slice is committed: the statements after this one see all that went before.
-- SPDX-License-Identifier: Apache-2.0
SELECT merge_gate(false)
