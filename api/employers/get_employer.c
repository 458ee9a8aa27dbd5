/* GET /v1/admin/employers/{employer_code}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/employers/employer.h"
#include "server/http/reply.h"

static const struct field fields[] = EMPLOYER_FIELDS(EMPLOYER_GET);

static enum problem bind(struct request *request, struct call *call)
{
    struct span code;
    if (!employer_read_code(request, GET_EMPLOYER_EMPLOYER_CODE, &code)) {
        return request->faults_count > 0 ? PROBLEM_VALIDATION_FAILED : PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_EMPLOYER_GET);
    call_text(call, EMPLOYER_GET_PARAM_EMPLOYER_CODE, code);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler get_employer_handler = {.bind = bind, .render = render};
