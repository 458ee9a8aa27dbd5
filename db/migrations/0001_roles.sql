-- The runtime role and the one extension that everything after this needs.
-- SPDX-License-Identifier: Apache-2.0
-- migrate:up
CREATE EXTENSION IF NOT EXISTS pgcrypto;

-- Roles belong to the whole cluster: another database may have made this one already, or be making it now.
DO $$
BEGIN
    CREATE ROLE yibao_app NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yibao_app') THEN
            RAISE EXCEPTION 'role yibao_app is missing and % may not create it', current_user
                USING HINT = 'as a superuser, once: CREATE ROLE yibao_app NOLOGIN; GRANT yibao_app TO '
                             || quote_ident(current_user);
        END IF;
END
$$;

-- Being an administrator of the role is not enough from PostgreSQL 16 on: membership allows SET ROLE.
DO $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT yibao_app TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR invalid_grant_operation THEN
        IF NOT pg_has_role(current_user, 'yibao_app', 'MEMBER') THEN
            RAISE EXCEPTION '% may not become yibao_app', current_user
                USING HINT = 'as a superuser, once: GRANT yibao_app TO ' || quote_ident(current_user);
        END IF;
END
$$;

DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO yibao_app', current_schema());
    -- A database that began before PostgreSQL 15 lets everybody make tables and functions between ours.
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
END
$$;

-- migrate:down
-- The role and the extension stay: other databases and schemas may use them.
