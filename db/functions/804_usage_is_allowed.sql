-- Whether accounts of a pool may pay for a usage at an institution of a type.
-- SPDX-License-Identifier: Apache-2.0
-- Locks nothing. The nation's row allows; a row of the pool, its policy parent or its province can only take away.
CREATE OR REPLACE FUNCTION usage_is_allowed(asked_pool_code text, asked_type text, asked_usage text)
RETURNS boolean
LANGUAGE plpgsql STABLE -- not sql: that would be planned anew with every call
AS $$
BEGIN
    RETURN (
        SELECT coalesce(bool_and(usage_rule.allowed) AND bool_or(usage_rule.region_code = '000000'), false)
          FROM usage_rule
         WHERE usage_rule.institution_type = asked_type AND usage_rule.usage = asked_usage
           AND usage_rule.region_code IN ('000000', asked_pool_code,
               (SELECT pool.policy_parent_code FROM pool WHERE pool.pool_code = asked_pool_code),
               (SELECT pool.province_code FROM pool WHERE pool.pool_code = asked_pool_code)));
END
$$;
COMMENT ON FUNCTION usage_is_allowed(text, text, text) IS
    'Whether accounts of a pool may pay for a usage at institutions of a type';
