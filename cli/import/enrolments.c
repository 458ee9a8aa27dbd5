/* Enrolment files: who is insured where, under which scheme, since when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/kind.h"
#include "cli/import/parse.h"
#include "cli/import/words.h"
#include "server/uuid.h"

enum enrolment_cell {
    CITIZEN_NUMBER = CELL_CITIZEN_HASH,
    NAME,
    PHONE,
    BANK_CARD,
    CARD_NUMBER, /* keyed hashes to store */
    POOL_CODE,
    SCHEME,
    STATUS,
    ACCOUNT_MODE,
    PAYER_KIND,
    EMPLOYER_CODE,
    EMPLOYER_NAME,
    STARTED_ON,
    ENDED_ON,
    RETIRED_ON,
    COLUMNS,
    EMPLOYER_CODE_VALID = COLUMNS,
    BIRTH_DATE,
    SEX,
    PERSON_KEY, /* proposed: taken only when the person is new */
    PERSON_ID,
    CITIZEN_NUMBER_SEALED,
    NAME_SEALED,
    PHONE_SEALED,
    BANK_CARD_SEALED,
    NAME_HASH,
    PHONE_HASH,
    CITIZEN_GIVEN,  /* keyed hashes to store, as those of the others; CITIZEN_NUMBER is looked up by */
    CARD_HASH,      /* looked up by */
    ENROLMENT_TIME, /* first halves of ids; the second is the person's key */
    ACCOUNT_TIME,
    CELLS,
};
_Static_assert(CELLS <= ROW_CELLS_MAX, "a row has room for all cells");

static const struct column columns[COLUMNS] = {
    [CITIZEN_NUMBER] = {"citizen_number", HEADERS_CITIZEN_NUMBER, true, parse_citizen_number, NULL, NULL},
    [NAME] = {"name", HEADERS_NAME, true, parse_name, NULL, NULL},
    [PHONE] = {"phone", "手机号|手机号码|联系电话|电话", false, parse_phone, NULL, NULL},
    [BANK_CARD] = {"bank_card", "银行卡号|银行账号", false, parse_bank_card, NULL, NULL},
    [CARD_NUMBER] = {"card_number", "社会保障卡号|社保卡号|社保卡号码|医保卡号", false, parse_card_number, NULL, NULL},
    [POOL_CODE] = {"pool_code", HEADERS_POOL, true, parse_pool, NULL, NULL},
    [SCHEME] = {"scheme", HEADERS_SCHEME, true, parse_word, scheme_words, NULL},
    [STATUS] = {"status", "参保状态|状态", false, parse_word, enrolment_status_words, NULL},
    [ACCOUNT_MODE] = {"account_mode", "账户模式|个人账户模式|参保模式", false, parse_word, account_mode_words, NULL},
    [PAYER_KIND] = {"payer_kind", "缴费主体|参保身份|缴费人类型", false, parse_word, payer_kind_words, NULL},
    [EMPLOYER_CODE] = {"employer_code", HEADERS_EMPLOYER_CODE, false, parse_employer_code, NULL, NULL},
    [EMPLOYER_NAME] = {"employer_name", "单位名称|用人单位|用人单位名称", false, parse_employer_name, NULL, NULL},
    [STARTED_ON] = {"started_on", "参保日期|参保开始日期|开始日期", true, parse_past_date, NULL, NULL},
    [ENDED_ON] = {"ended_on", "终止日期|参保终止日期|结束日期", false, parse_past_date, NULL, NULL},
    [RETIRED_ON] = {"retired_on", "退休日期|医保退休日期", false, parse_past_date, NULL, NULL},
};

static const struct staged_cell staged[] = {
    {CITIZEN_NUMBER, CELL_BYTEA},
    {CITIZEN_GIVEN, CELL_BYTEA},
    {CARD_HASH, CELL_BYTEA},
    {CARD_NUMBER, CELL_BYTEA},
    {POOL_CODE, CELL_TEXT},
    {SCHEME, CELL_TEXT},
    {STATUS, CELL_TEXT},
    {ACCOUNT_MODE, CELL_TEXT},
    {PAYER_KIND, CELL_TEXT},
    {EMPLOYER_CODE, CELL_TEXT},
    {EMPLOYER_CODE_VALID, CELL_BOOL},
    {EMPLOYER_NAME, CELL_TEXT},
    {STARTED_ON, CELL_DATE},
    {ENDED_ON, CELL_DATE},
    {RETIRED_ON, CELL_DATE},
    {BIRTH_DATE, CELL_DATE},
    {SEX, CELL_TEXT},
    {PERSON_KEY, CELL_INT8},
    {PERSON_ID, CELL_UUID},
    {CITIZEN_NUMBER_SEALED, CELL_BYTEA},
    {NAME_SEALED, CELL_BYTEA},
    {PHONE_SEALED, CELL_BYTEA},
    {BANK_CARD_SEALED, CELL_BYTEA},
    {NAME_HASH, CELL_BYTEA},
    {PHONE_HASH, CELL_BYTEA},
    {ENROLMENT_TIME, CELL_INT8},
    {ACCOUNT_TIME, CELL_INT8},
};

static void set_word(struct cell *cell, const char *value)
{
    if (!cell->is_set) {
        *cell = (struct cell){.is_set = true, .bytes = span_of(value)};
    }
}

static void refuse_if(struct row *row, bool is_wrong, enum fault_code code, enum enrolment_cell cell)
{
    if (is_wrong) {
        row_add_fault(row, code, columns[cell].name);
    }
}

static void fill_defaults(struct row *row)
{
    struct cell *cells = row->cells;
    bool is_employee = cell_is_word(&cells[SCHEME], "employee");
    set_word(&cells[STATUS], cells[ENDED_ON].is_set ? "ended" : "active");
    set_word(&cells[ACCOUNT_MODE], is_employee ? "with_account" : "pooled_only");
    set_word(&cells[PAYER_KIND], is_employee && cells[EMPLOYER_CODE].is_set ? "employer" : "self");
}

static void check_columns(struct row *row)
{
    const struct cell *cells = row->cells;
    bool is_resident = cell_is_word(&cells[SCHEME], "resident");
    bool is_ended = cell_is_word(&cells[STATUS], "ended");
    bool has_account = cell_is_word(&cells[ACCOUNT_MODE], "with_account");
    bool has_employer = cells[EMPLOYER_CODE].is_set;
    refuse_if(row, is_resident && has_account, FAULT_NOT_APPLICABLE, ACCOUNT_MODE);
    refuse_if(row, is_resident && cells[RETIRED_ON].is_set, FAULT_NOT_APPLICABLE, RETIRED_ON);
    refuse_if(row, is_resident && has_employer, FAULT_NOT_APPLICABLE, EMPLOYER_CODE);
    refuse_if(row, !is_resident && has_employer && cell_is_word(&cells[PAYER_KIND], "self"), FAULT_NOT_APPLICABLE,
              PAYER_KIND);
    refuse_if(row, is_ended && !cells[ENDED_ON].is_set, FAULT_MISSING, ENDED_ON);
    refuse_if(row, !is_ended && cells[ENDED_ON].is_set, FAULT_NOT_APPLICABLE, ENDED_ON);
    if (!cells[STARTED_ON].is_set) {
        return;
    }
    int64_t started_on = cells[STARTED_ON].number;
    bool knows_birth = cells[CITIZEN_NUMBER].is_set;
    refuse_if(row, knows_birth && row->citizen_number.birth_date > started_on, FAULT_DATE_ORDER, STARTED_ON);
    refuse_if(row, cells[ENDED_ON].is_set && cells[ENDED_ON].number < started_on, FAULT_DATE_ORDER, ENDED_ON);
    refuse_if(row, cells[RETIRED_ON].is_set && cells[RETIRED_ON].number < started_on, FAULT_DATE_ORDER, RETIRED_ON);
}

static void seal(struct row *row, enum enrolment_cell to, const char *table_column, struct uuid person_id,
                 struct span plain)
{
    size_t room = plain.length + SEAL_OVERHEAD_BYTES;
    uint8_t *sealed = row_scratch(row, room);
    size_t length = 0;
    if (!keyring_seal(row->context->keyring, table_column, person_id, plain, sealed, room, &length)) {
        row->context->crypto_failed = true;
        return;
    }
    row->cells[to] = (struct cell){.is_set = true, .bytes = {.bytes = (const char *)sealed, .length = length}};
}

static void derive_person(struct row *row)
{
    struct cell *cells = row->cells;
    uint64_t key = uuid_random_key();
    struct uuid person_id = uuid_make(key);
    uint8_t *id = row_scratch(row, sizeof(person_id.bytes));
    memcpy(id, person_id.bytes, sizeof(person_id.bytes));
    cells[PERSON_KEY] = (struct cell){.is_set = true, .number = (int64_t)key};
    cells[PERSON_ID] = (struct cell){.is_set = true, .bytes = {.bytes = (const char *)id, .length = 16}};
    cells[BIRTH_DATE] = (struct cell){.is_set = true, .number = row->citizen_number.birth_date};
    set_word(&cells[SEX], row->citizen_number.is_male ? "male" : "female");
    struct span number = {.bytes = row->citizen_number.text, .length = CITIZEN_NUMBER_LENGTH};
    seal(row, CITIZEN_NUMBER_SEALED, "person.citizen_number", person_id, number);
    seal(row, NAME_SEALED, "person.name", person_id, cells[NAME].bytes);
    hash_items_into(row, KEY_HASH_CITIZEN_NUMBER, number, &cells[CITIZEN_GIVEN]);
    hash_items_into(row, KEY_HASH_NAME, cells[NAME].bytes, &cells[NAME_HASH]);
    if (cells[PHONE].is_set) {
        seal(row, PHONE_SEALED, "person.phone", person_id, cells[PHONE].bytes);
        hash_items_into(row, KEY_HASH_PHONE, cells[PHONE].bytes, &cells[PHONE_HASH]);
    }
    if (cells[BANK_CARD].is_set) {
        seal(row, BANK_CARD_SEALED, "person.bank_card", person_id, cells[BANK_CARD].bytes);
    }
}

static void complete(struct row *row)
{
    struct cell *cells = row->cells;
    fill_defaults(row);
    check_columns(row);
    cells[ENROLMENT_TIME] = id_time_cell();
    cells[ACCOUNT_TIME] = id_time_cell();
    cells[EMPLOYER_CODE_VALID] =
        (struct cell){.is_set = cells[EMPLOYER_CODE].is_set, .number = cells[EMPLOYER_CODE].number};
    if (cells[CARD_NUMBER].is_set) {
        struct span given = cells[CARD_NUMBER].bytes;
        cells[CARD_HASH] = (struct cell){
            .is_set = true,
            .bytes = {.bytes = given.bytes + KEYED_ITEM_BYTES - KEYED_HASH_BYTES, .length = KEYED_HASH_BYTES},
        };
    }
    if (cells[CITIZEN_NUMBER].is_set && cells[NAME].is_set) {
        derive_person(row);
    }
}

static const char *const more_checks[] = {"check_index", NULL};
static const char *const post_steps[] = {
    "post_0_gate",  "post_1_people", "post_2_resolve",  "post_3_cards",  "post_3_lock",
    "post_3_enrol", "post_4_demote", "post_5_accounts", "post_6_report", NULL};

const struct import_kind import_enrolments = {
    .name = "enrolments",
    .run_kind = "enrolments",
    .columns = columns,
    .columns_count = COLUMNS,
    .complete = complete,
    .staged = staged,
    .staged_count = sizeof(staged) / sizeof(staged[0]),
    .more_checks = more_checks,
    .post_steps = post_steps,
    .connections = 1, /* a card number may stand with two persons */
};
