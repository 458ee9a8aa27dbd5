-- Institutions of providers can be corrected: a code that was mistyped, a clinic that becomes a hospital.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
GRANT UPDATE (institution_code, institution_type) ON provider TO yibao_app;

-- migrate:down
REVOKE UPDATE (institution_code, institution_type) ON provider FROM yibao_app;
