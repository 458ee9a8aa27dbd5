/* Asks PostgreSQL and the system whether they are fit for production. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/production.h"
#include "cli/process.h"
#include "server/pg/conninfo.h"
#include <sys/stat.h>
#include <unistd.h>

struct demand {
    const char *sql; /* of boolean: whether it is met */
    const char *complaint;
};

static const struct demand of_durability[] = {
    {"current_setting('fsync')::boolean",
     "fsync is off in PostgreSQL: a power cut loses or mixes up what was paid; set "
     "fsync = on"},
    {"current_setting('full_page_writes')::boolean",
     "full_page_writes is off in PostgreSQL: a power cut can tear pages; set full_page_writes = on"},
    {"current_setting('synchronous_commit') <> 'off'",
     "synchronous_commit is off for this role of PostgreSQL: what was confirmed can be lost; set it to on, or at least "
     "local"},
    {"current_setting('session_replication_role') = 'origin'",
     "session_replication_role of PostgreSQL is not origin: the triggers that keep the ledger as it is do not run; "
     "reset it"},
    {"NOT current_setting('zero_damaged_pages')::boolean AND NOT current_setting('ignore_checksum_failure')::boolean",
     "zero_damaged_pages or ignore_checksum_failure is on in PostgreSQL: damage would be taken for data; set both to "
     "off"},
};

static const struct demand of_role[] = {
    {"NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)",
     "DATABASE_URL names a superuser of PostgreSQL; name a role that is only a member of yibao_app: CREATE ROLE web "
     "LOGIN NOINHERIT IN ROLE yibao_app"},
    {"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND (rolcreaterole OR rolreplication OR "
     "rolbypassrls))",
     "DATABASE_URL names a role that may create roles, replicate or bypass row security; name one that is only a "
     "member "
     "of yibao_app"},
    {"NOT EXISTS (SELECT FROM pg_class WHERE oid = 'ledger_entry'::regclass AND pg_has_role(session_user, relowner, "
     "'MEMBER')) AND NOT EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND "
     "pg_has_role(session_user, datdba, 'MEMBER'))",
     "DATABASE_URL names the owner of the database, who can rewrite the ledger; keep that role for yibaod migrate, and "
     "name one that is only a member of yibao_app"},
};

/* True, false, or -1 when PostgreSQL does not say. */
static int ask(struct pg_session *session, const char *condition)
{
    char sql[600];
    snprintf(sql, sizeof sql, "SELECT %s", condition);
    PGresult *row = pg_session_query(session, sql, 0, NULL);
    int answer = row == NULL || PQntuples(row) != 1 ? -1 : PQgetvalue(row, 0, 0)[0] == 't';
    PQclear(row);
    return answer;
}

static bool meets(struct pg_session *session, const struct demand *demands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int answer = ask(session, demands[i].sql);
        if (answer == 0)
            process_complain(demands[i].complaint);
        if (answer != 1)
            return false;
    }
    return true;
}

bool production_check_database(struct pg_session *session)
{
    if (!conninfo_is_private(session->connection))
        return process_complain(
            "DATABASE_URL leads to another machine without sslmode=verify-full; production demands it");
    return meets(session, of_durability, sizeof of_durability / sizeof of_durability[0]);
}

/* What does not exist yet is made with the right mode. */
static bool check_spool(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return true;
    if ((status.st_mode & 077) != 0)
        return process_complain("YIBAO_SPOOL_DIR is open to others than its owner, although citizens' files lie in it; "
                                "chmod 700 it");
    return status.st_uid == geteuid() ||
           process_complain("YIBAO_SPOOL_DIR belongs to another user, who can put files into it; chown it");
}

bool production_check(struct pg_session *session, const struct config *config)
{
    if (!meets(session, of_role, sizeof of_role / sizeof of_role[0]) || !check_spool(config->spool_directory))
        return false;
    return geteuid() != 0 || process_complain("it runs as root and needs none of root's rights; production demands a "
                                              "user of its own");
}
