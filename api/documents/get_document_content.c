/* GET /v1/documents/{document_id}/content: the bytes of a document, to be saved and not to be shown by a browser. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/api.h"
#include "api/documents/pieces.h"
#include "api/documents/room.h"
#include "server/http/reply.h"
#include "server/log.h"

struct opened {
    const struct keyring *keyring;
    struct uuid document_id;
    struct span type;
    size_t content_bytes;
    char *bytes;
    bool is_whole;
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid document_id = request->args[GET_DOCUMENT_CONTENT_DOCUMENT_ID].uuid;
    call_init(call, STATEMENT_DOCUMENT_CONTENT);
    call_int(call, DOCUMENT_CONTENT_PARAM_PERSON_KEY, (int64_t)uuid_key(document_id));
    call_uuid(call, DOCUMENT_CONTENT_PARAM_DOCUMENT_ID, document_id);
    access_bind_visible(request, call, DOCUMENT_CONTENT_PARAM_VISIBLE);
    return access_ask(request, document_id);
}

static enum problem broken(const struct request *request, const char *what)
{
    LOG(LOG_ERROR, "document_broken", LOG_TEXT("what", span_of(what)),
        LOG_TEXT("request_id", span_of(request->request_id)));
    return PROBLEM_INTERNAL_ERROR;
}

static bool are_all_there(const struct rows *rows, size_t content_bytes)
{
    unsigned pieces = document_pieces(content_bytes);
    bool are_there = rows->count == (int)pieces;
    for (unsigned i = 0; are_there && i < pieces; i++)
        are_there =
            row_int(rows, (int)i, DOCUMENT_CONTENT_COLUMN_SEQ) == (int64_t)i + 1 &&
            row_text(rows, (int)i, DOCUMENT_CONTENT_COLUMN_SEALED).length == document_piece_bytes(content_bytes, i);
    return are_there;
}

/* Rows do not last: their bytes go where the crypto thread opens them. */
static void copy_pieces(const struct rows *rows, char *bytes)
{
    for (int i = 0; i < rows->count; i++) {
        struct span piece = row_text(rows, i, DOCUMENT_CONTENT_COLUMN_SEALED);
        memcpy(bytes, piece.bytes, piece.length);
        bytes += piece.length;
    }
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    (void)call;
    if (rows->statement == STATEMENT_NONE)
        return PROBLEM_NONE;
    if (rows->count == 0)
        return PROBLEM_NOT_FOUND;
    struct opened *opened = arena_alloc(request->arena, sizeof *opened);
    struct span type = row_text(rows, 0, DOCUMENT_CONTENT_COLUMN_CONTENT_TYPE);
    const char *type_copy = arena_copy(request->arena, type);
    if (opened == NULL || type_copy == NULL)
        return PROBLEM_INTERNAL_ERROR;
    *opened = (struct opened){
        .keyring = api_keyring(),
        .document_id = request->args[GET_DOCUMENT_CONTENT_DOCUMENT_ID].uuid,
        .type = span_of(type_copy),
        .content_bytes = (size_t)row_int(rows, 0, DOCUMENT_CONTENT_COLUMN_SIZE_BYTES),
    };
    if (!are_all_there(rows, opened->content_bytes))
        return broken(request, "pieces");
    enum problem problem =
        document_room_take(request, DOCUMENT_ROOM_READ, document_sealed_bytes(opened->content_bytes), &opened->bytes);
    if (problem != PROBLEM_NONE)
        return problem;
    copy_pieces(rows, opened->bytes);
    request->state = opened;
    request->work = true;
    return PROBLEM_NONE;
}

static bool work(void *state)
{
    struct opened *opened = state;
    opened->is_whole = document_unseal(opened->keyring, opened->document_id, opened->bytes, opened->content_bytes);
    return true;
}

static const char *extension_of(struct span type)
{
    return span_equal(type, SPAN("application/pdf")) ? "pdf" : span_equal(type, SPAN("image/png")) ? "png" : "jpg";
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct opened *opened = request->state;
    char id[UUID_TEXT_LENGTH + 1];
    (void)rows;
    if (!opened->is_whole)
        return broken(request, "seal");
    uuid_format(opened->document_id, id);
    reply->content = (struct span){.bytes = opened->bytes, .length = opened->content_bytes};
    reply_header(reply, "Content-Type", opened->type.bytes);
    reply_header(
        reply, "Content-Disposition",
        arena_printf(request->arena, "attachment; filename=\"document-%s.%s\"", id, extension_of(opened->type)));
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    reply_header(reply, "Content-Security-Policy", "default-src 'none'; sandbox");
    return PROBLEM_NONE;
}

const struct handler get_document_content_handler = {.bind = bind, .work = work, .proceed = proceed, .render = render};
