/* GET /v1/people/{person_id}: the record, personal data masked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/sealed.h"
#include "server/http/reply.h"

static const struct field first_fields[] = {
    {"person_id", PERSON_GET_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"current_person_id", PERSON_GET_COLUMN_CURRENT_PERSON_ID, FIELD_PLAIN},
    {"certificate_kind", PERSON_GET_COLUMN_CERTIFICATE_KIND, FIELD_PLAIN},
};

static const struct field last_fields[] = {
    {"birth_date", PERSON_GET_COLUMN_BIRTH_DATE, FIELD_PLAIN},
    {"sex", PERSON_GET_COLUMN_SEX, FIELD_PLAIN},
    {"deceased_on", PERSON_GET_COLUMN_DECEASED_ON, FIELD_PLAIN},
    {"pool_code", PERSON_GET_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"created_at", PERSON_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
};

static const struct {
    const char *name;
    const char *table_column;
    int column;
    struct span (*mask)(struct span plain, char out[MASK_BYTES]);
} masked_fields[] = {
    {"citizen_number_masked", "person.citizen_number", PERSON_GET_COLUMN_CITIZEN_NUMBER_SEALED, mask_citizen_number},
    {"name_masked", "person.name", PERSON_GET_COLUMN_NAME_SEALED, mask_name},
    {"phone_masked", "person.phone", PERSON_GET_COLUMN_PHONE_SEALED, mask_phone},
    {"bank_card_masked", "person.bank_card", PERSON_GET_COLUMN_BANK_CARD_SEALED, mask_bank_card},
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[GET_PERSON_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_GET);
    call_int(call, PERSON_GET_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_GET_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct uuid person_id = row_uuid(rows, 0, PERSON_GET_COLUMN_PERSON_ID);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(first_fields), rows, 0);
    for (size_t i = 0; i < sizeof masked_fields / sizeof *masked_fields; i++) {
        if (!sealed_write_masked(request, &writer, masked_fields[i].name, masked_fields[i].table_column, person_id,
                                 row_text(rows, 0, masked_fields[i].column), masked_fields[i].mask)) {
            return PROBLEM_INTERNAL_ERROR;
        }
    }
    fields_write(&writer, FIELDS(last_fields), rows, 0);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_person_handler = {.bind = bind, .render = render};
