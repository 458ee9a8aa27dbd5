/* GET /v1/admin/account-status-rules: what an account allows in each status, and which may follow it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"

static const struct field fields[] = {
    {"status", ACCOUNT_STATUS_RULES_COLUMN_STATUS, FIELD_PLAIN},
    {"allowed_operations", ACCOUNT_STATUS_RULES_COLUMN_ALLOWED, FIELD_WORDS},
    {"forbidden_operations", ACCOUNT_STATUS_RULES_COLUMN_FORBIDDEN, FIELD_WORDS},
    {"may_become", ACCOUNT_STATUS_RULES_COLUMN_MAY_BECOME, FIELD_WORDS},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    (void)request;
    call_init(call, STATEMENT_ACCOUNT_STATUS_RULES);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    list_write_whole(&list, rows, reply);
    return PROBLEM_NONE;
}

const struct handler list_account_status_rules_handler = {.bind = bind, .render = render};
