/* From the sealed file of the spool into memory, judged and sealed anew on a crypto thread, and into the database. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/receive.h"
#include "api/access.h"
#include "api/api.h"
#include "api/documents/judge.h"
#include "api/documents/pieces.h"
#include "api/documents/room.h"
#include "api/documents/shown.h"
#include "api/states.h"
#include "server/clock.h"
#include "server/spool.h"
#include <stdlib.h>

struct received {
    const struct document_receive_args *args;
    const struct keyring *keyring;
    const char *path;
    struct uuid upload_id, document_id;
    enum media media;
    size_t content_bytes;
    char *bytes; /* document_sealed_bytes of them */
    uint8_t hash[KEYED_HASH_BYTES];
    enum document_fault fault;
};

static struct span type_of(enum media media)
{
    return media == MEDIA_PDF ? SPAN("application/pdf") : media == MEDIA_PNG ? SPAN("image/png") : SPAN("image/jpeg");
}

enum problem document_receive_bind(struct request *request, const struct document_receive_args *args)
{
    const struct upload *upload = request->upload;
    struct uuid object_id = request->args[args->object_id].uuid;
    bool is_citizen = request->principal.kind == PRINCIPAL_CITIZEN;
    if (is_citizen && uuid_key(object_id) != uuid_key(request->principal.subject_id))
        return PROBLEM_NOT_FOUND;
    if (upload->bytes == 0) {
        request_fault(request, ARG_BODY, NULL, "required", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    struct received *received = arena_alloc(request->arena, sizeof *received);
    if (received == NULL)
        return PROBLEM_INTERNAL_ERROR;
    *received = (struct received){
        .args = args,
        .keyring = api_keyring(),
        .path = upload->path,
        .upload_id = upload->id,
        .document_id = uuid_make(uuid_key(object_id)),
        .media = upload->media,
        .content_bytes = upload->bytes,
    };
    request->state = received;
    request->work = true;
    return document_room_take(request, DOCUMENT_ROOM_HANDED_IN, document_sealed_bytes(upload->bytes), &received->bytes);
}

bool document_receive_work(void *state)
{
    struct received *received = state;
    struct span content = {.bytes = received->bytes, .length = received->content_bytes};
    if (!spool_read_into(received->keyring, received->path, received->upload_id, received->bytes, content.length))
        return false;
    received->fault = document_judge(content, received->media);
    if (received->fault != DOCUMENT_GOOD)
        return true;
    return keyring_hash(received->keyring, KEY_HASH_CONTENT, content, received->hash) &&
           document_seal(received->keyring, received->document_id, received->bytes, content.length);
}

static void bind_store(struct request *request, const struct received *received, struct call *call)
{
    const struct document_receive_args *args = received->args;
    struct uuid object_id = request->args[args->object_id].uuid;
    uint64_t key = uuid_key(object_id);
    call_init(call, STATEMENT_DOCUMENT_STORE);
    call_text(call, DOCUMENT_STORE_PARAM_OPERATION, span_of(operation_infos[request->operation].name));
    call_text(call, DOCUMENT_STORE_PARAM_OBJECT_KIND, args->object_kind);
    call_int(call, DOCUMENT_STORE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, DOCUMENT_STORE_PARAM_OBJECT_ID, object_id);
    call_uuid(call, DOCUMENT_STORE_PARAM_DOCUMENT_ID, received->document_id);
    call_text(call, DOCUMENT_STORE_PARAM_DOCUMENT_KIND, request->args[args->document_kind].text);
    call_text(call, DOCUMENT_STORE_PARAM_CONTENT_TYPE, type_of(received->media));
    call_int(call, DOCUMENT_STORE_PARAM_SIZE_BYTES, (int64_t)received->content_bytes);
    call_bytea(call, DOCUMENT_STORE_PARAM_CONTENT_HASH,
               (struct span){.bytes = (const char *)received->hash, .length = sizeof received->hash});
    call_bytea(call, DOCUMENT_STORE_PARAM_SEALED,
               (struct span){.bytes = received->bytes, .length = document_sealed_bytes(received->content_bytes)});
    call_int(call, DOCUMENT_STORE_PARAM_CHUNK_BYTES, DOCUMENT_PIECE_BYTES);
    call_int(call, DOCUMENT_STORE_PARAM_DOCUMENTS_MAX, LIMIT_DOCUMENTS);
    call_int(call, DOCUMENT_STORE_PARAM_BYTES_MAX, LIMIT_DOCUMENTS_OF_ONE_BYTES);
    access_bind_visible(request, call, DOCUMENT_STORE_PARAM_VISIBLE);
    call_text(call, DOCUMENT_STORE_PARAM_ACTOR_KIND, principal_kind_text(request->principal.kind));
    call_uuid(call, DOCUMENT_STORE_PARAM_ACTOR_ID, request->principal.subject_id);
    call_instant(call, DOCUMENT_STORE_PARAM_INSTANT, clock_business_us());
    call_uuid(call, DOCUMENT_STORE_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, DOCUMENT_STORE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, DOCUMENT_STORE_PARAM_REAL_INSTANT, clock_real_us());
}

enum problem document_receive_proceed(struct request *request, const struct rows *rows, struct call *call)
{
    const struct received *received = request->state;
    if (rows->statement != STATEMENT_NONE)
        return PROBLEM_NONE;
    if (received->fault == DOCUMENT_OF_ANOTHER_TYPE)
        return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    if (received->fault != DOCUMENT_GOOD) {
        request_fault(request, ARG_BODY, NULL, document_fault_code(received->fault), NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    bind_store(request, received, call);
    return PROBLEM_NONE;
}

static enum problem refuse(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct state_columns columns = {
        .status = DOCUMENT_STORE_COLUMN_STATUS,
        .is_replayed = -1,
        .state = DOCUMENT_STORE_COLUMN_STATE,
        .possible = DOCUMENT_STORE_COLUMN_POSSIBLE,
    };
    const struct received *received = request->state;
    if (span_equal(row_text(rows, 0, columns.status), SPAN("kind_not_allowed"))) {
        const struct operation_info *operation = &operation_infos[request->operation];
        request_fault(request, ARG_QUERY, operation->args[received->args->document_kind].name, "not_allowed", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    return state_outcome(request, rows, &columns, reply);
}

enum problem document_receive_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    char id[UUID_TEXT_LENGTH + 1];
    struct span status = row_text(rows, 0, DOCUMENT_STORE_COLUMN_STATUS);
    bool is_new = span_equal(status, SPAN("created"));
    if (!is_new && !span_equal(status, SPAN("exists")))
        return refuse(request, rows, reply);
    uuid_format(row_uuid(rows, 0, DOCUMENT_STORE_COLUMN_DOCUMENT_ID), id);
    fields_write_body(document_fields, DOCUMENT_FIELDS, rows, reply);
    reply_header(reply, "Location", arena_printf(request->arena, "/v1/documents/%s", id));
    reply->status = is_new ? 201 : 200;
    return PROBLEM_NONE;
}
