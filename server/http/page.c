/* Reads where a page starts, and writes where the next one does. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/page.h"
#include "server/http/cursor.h"
#include "server/http/percent.h"

void page_init(const uint8_t *key)
{
    cursor_init(key);
}

void page_keys(const uint8_t *const *keys, unsigned count, unsigned in_use)
{
    cursor_keys(keys, count, in_use);
}

enum problem page_read(struct request *request, int limit_arg, int cursor_arg, struct page *page)
{
    *page = (struct page){.limit = request->args[limit_arg].number, .limit_arg = limit_arg, .cursor_arg = cursor_arg};
    if (!request->args[cursor_arg].present)
        return PROBLEM_NONE;
    switch (cursor_open(request, limit_arg, cursor_arg, page)) {
    case CURSOR_OK:
        page->continued = true;
        return PROBLEM_NONE;
    case CURSOR_NOT_OURS:
        request_fault(request, ARG_QUERY, operation_infos[request->operation].args[cursor_arg].name, "malformed",
                      request->language == LANGUAGE_EN
                          ? "Use next_cursor unchanged, with the same filters, as the same caller."
                          : "请原样使用 next_cursor，筛选条件和身份须不变。");
        return PROBLEM_VALIDATION_FAILED;
    case CURSOR_NO_MEMORY:
        return PROBLEM_INTERNAL_ERROR;
    }
    __builtin_unreachable();
}

/* In whichever spelling: %63ursor is decoded to the same name when arguments are read. */
static bool is_cursor(struct span pair)
{
    char name[3 * sizeof "cursor"];
    const char *equal = memchr(pair.bytes, '=', pair.length);
    struct span encoded = {.bytes = pair.bytes, .length = equal == NULL ? pair.length : (size_t)(equal - pair.bytes)};
    struct span decoded = {.bytes = name};
    return encoded.length <= sizeof name && percent_decode(encoded, PERCENT_QUERY, name, &decoded.length) &&
           span_equal(decoded, SPAN("cursor"));
}

/* What would end the <…> of a Link header early, or is no URI character, is encoded. */
static void append_uri(struct text *out, struct span uri)
{
    for (size_t i = 0; i < uri.length; i++) {
        unsigned char c = (unsigned char)uri.bytes[i];
        if (c > ' ' && c < 0x7F && strchr("<>\"\\^`{|}", c) == NULL)
            text_append_char(out, (char)c);
        else
            text_printf(out, "%%%02X", c);
    }
}

/* The same address with another cursor. An encoded spelling of "cursor" cannot stand there: it would be a second one.
 */
static const char *next_link(const struct request *request, const char *cursor)
{
    struct text out;
    text_init(&out, 4 * (LIMIT_PATH_BYTES + LIMIT_QUERY_BYTES));
    text_append_char(&out, '<');
    append_uri(&out, request->path);
    text_append_char(&out, '?');
    struct span rest = request->query;
    while (rest.length > 0) {
        const char *mark = memchr(rest.bytes, '&', rest.length);
        size_t length = mark == NULL ? rest.length : (size_t)(mark - rest.bytes);
        struct span pair = {.bytes = rest.bytes, .length = length};
        if (length > 0 && !is_cursor(pair)) {
            append_uri(&out, pair);
            text_append_char(&out, '&');
        }
        size_t used = mark == NULL ? length : length + 1;
        rest.bytes += used;
        rest.length -= used;
    }
    text_append_z(&out, "cursor=");
    text_append_z(&out, cursor);
    text_append_z(&out, ">; rel=\"next\"");
    const char *link = out.failed ? NULL : arena_copy(request->arena, text_span(&out));
    text_fini(&out);
    return link;
}

enum problem page_end(struct request *request, struct reply *reply, struct json_writer *writer, const struct page *page,
                      bool has_more, const struct span *last_keys, unsigned last_keys_count)
{
    const char *cursor = NULL;
    if (has_more) {
        cursor = cursor_make(request, page->limit_arg, page->cursor_arg, last_keys, last_keys_count);
        const char *link = cursor == NULL ? NULL : next_link(request, cursor);
        if (link == NULL)
            return PROBLEM_INTERNAL_ERROR;
        reply_header(reply, "Link", link);
    }
    if (writer == NULL)
        return PROBLEM_NONE;
    json_key(writer, "has_more");
    json_bool(writer, has_more);
    json_key(writer, "next_cursor");
    if (cursor == NULL)
        json_null_value(writer);
    else
        json_text(writer, span_of(cursor));
    return PROBLEM_NONE;
}
