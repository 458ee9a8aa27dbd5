/* POST /v1/settlement-files: a provider's day beside ours, with the list as a file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "api/settlements/settlement.h"
#include "server/spool.h"
#include <stdlib.h>

static const struct settlement_args args = {
    .place = ARG_QUERY,
    .key = CREATE_SETTLEMENT_FROM_FILE_IDEMPOTENCY_KEY,
    .dry_run = CREATE_SETTLEMENT_FROM_FILE_DRY_RUN,
    .business_date = CREATE_SETTLEMENT_FROM_FILE_BUSINESS_DATE,
    .charges_count = CREATE_SETTLEMENT_FROM_FILE_CHARGES_COUNT,
    .charges_fen = CREATE_SETTLEMENT_FROM_FILE_CHARGES_FEN,
    .refunds_count = CREATE_SETTLEMENT_FROM_FILE_REFUNDS_COUNT,
    .refunds_fen = CREATE_SETTLEMENT_FROM_FILE_REFUNDS_FEN,
};

struct file {
    struct settlement_asked *asked;
    const struct keyring *keyring;
    const char *path;
    struct uuid id;
};

static enum problem bind(struct request *request, struct call *call)
{
    (void)call;
    enum problem problem;
    struct file *file = arena_alloc(request->arena, sizeof *file);
    if (request->upload->bytes == 0) {
        request_fault(request, ARG_BODY, NULL, "required", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    struct settlement_asked *asked = settlement_begin(request, &args, &problem);
    if (file == NULL || asked == NULL) {
        return file == NULL ? PROBLEM_INTERNAL_ERROR : problem;
    }
    *file = (struct file){
        .asked = asked, .keyring = api_keyring(), .path = request->upload->path, .id = request->upload->id};
    request->state = file;
    request->work = true;
    return PROBLEM_NONE;
}

/* The list is part of what is asked for: the same key with another one is refused. */
static bool hash_list(const struct file *file)
{
    struct money *money = &file->asked->money;
    const struct text *list = &file->asked->items.text;
    uint8_t both[2 * KEYED_HASH_BYTES];
    memcpy(both, money->content_hash, KEYED_HASH_BYTES);
    return keyring_hash(file->keyring, KEY_HASH_CONTENT, list->length == 0 ? SPAN("") : text_span(list),
                        both + KEYED_HASH_BYTES) &&
           keyring_hash(file->keyring, KEY_HASH_CONTENT,
                        (struct span){.bytes = (const char *)both, .length = sizeof both}, money->content_hash);
}

static bool work(void *state)
{
    const struct file *file = state;
    char *content = NULL;
    size_t content_bytes = 0;
    bool is_read =
        spool_read(file->keyring, file->path, file->id, &content, &content_bytes) &&
        settlement_items_read(&file->asked->items, (struct span){.bytes = content, .length = content_bytes}) &&
        hash_list(file);
    free(content);
    return is_read;
}

static void report(struct request *request, const struct settlement_items *items)
{
    for (uint32_t i = 0; i < items->faults_count; i++) {
        const struct settlement_item_fault *fault = &items->faults[i];
        const char *name = fault->column == NULL ? arena_printf(request->arena, "%u", fault->line)
                                                 : arena_printf(request->arena, "%u/%s", fault->line, fault->column);
        request_fault(request, ARG_BODY, name, fault->code, NULL);
    }
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    const struct file *file = request->state;
    if (rows->statement != STATEMENT_NONE) {
        return PROBLEM_NONE;
    }
    if (file->asked->items.faults_count > 0) {
        report(request, &file->asked->items);
        return PROBLEM_VALIDATION_FAILED;
    }
    settlement_bind(request, &args, file->asked, call);
    return PROBLEM_NONE;
}

const struct handler create_settlement_from_file_handler = {
    .bind = bind, .work = work, .proceed = proceed, .render = settlement_render};
