/* Cursors: texts that callers made up, cursors of our own from any keys, and those with one character changed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/cursor.h"
#include "tests/fuzz/arguments_held.h"
#include "tests/fuzz/fuzz.h"

enum { LIMIT = LIST_REGIONS_LIMIT, CURSOR = LIST_REGIONS_CURSOR };

static struct request *list(void)
{
    struct route route;
    struct request *request = held_open(OPERATION_LIST_REGIONS, &route);
    assert(arguments_read(request, &route) == PROBLEM_NONE);
    request->principal.kind = PRINCIPAL_CITIZEN;
    request->path = SPAN("/v1/regions");
    return request;
}

static enum cursor_result open_cursor(struct request *request, struct span text, struct page *page)
{
    request->args[CURSOR] = (struct arg){.present = true, .text = text};
    return cursor_open(request, LIMIT, CURSOR, page);
}

/* One cursor has one text. */
static void check_made_up(struct span text)
{
    struct request *request = list();
    struct page page;
    if (open_cursor(request, text, &page) == CURSOR_OK) {
        const char *again = cursor_make(request, LIMIT, CURSOR, page.keys, page.keys_count);
        assert(again != NULL && span_equal(span_of(again), text));
    }
    held_close(request);
}

static void check_other_lists(struct request *request, struct span text)
{
    struct page page;
    request->principal.subject_id.bytes[15] ^= 1;
    assert(open_cursor(request, text, &page) == CURSOR_NOT_OURS);
    request->principal.subject_id.bytes[15] ^= 1;
    request->principal.kind = PRINCIPAL_STAFF;
    assert(open_cursor(request, text, &page) == CURSOR_NOT_OURS);
    request->principal.kind = PRINCIPAL_CITIZEN;
}

/* Opens to what it was made of, and neither with one character changed nor for somebody else. */
static void check_ours(struct span input)
{
    uint8_t count = fuzz_take_byte(&input) % (PAGE_KEYS + 1);
    uint8_t change = fuzz_take_byte(&input), at = fuzz_take_byte(&input);
    struct span keys[PAGE_KEYS];
    for (unsigned i = 0; i < count; i++)
        keys[i] = fuzz_take_part(&input, '\n');
    struct request *request = list();
    const char *text = cursor_make(request, LIMIT, CURSOR, keys, count);
    struct page page;
    if (text != NULL) {
        assert(open_cursor(request, span_of(text), &page) == CURSOR_OK && page.keys_count == count);
        for (unsigned i = 0; i < count; i++)
            assert(span_equal(page.keys[i], keys[i]));
        check_other_lists(request, span_of(text));
        char *changed = arena_copy(request->arena, span_of(text));
        size_t place = ((size_t)change << 8 | at) % strlen(text);
        changed[place] = (char)(changed[place] ^ (change % 127 + 1));
        struct span other = {.bytes = changed, .length = strlen(text)};
        assert(open_cursor(request, other, &page) == CURSOR_NOT_OURS);
        other.length--;
        assert(open_cursor(request, other, &page) == CURSOR_NOT_OURS);
    }
    held_close(request);
}

/* The Link header of any address is one line, and its address ends where it should. */
static void check_link(struct span input)
{
    struct request *request = list();
    struct page page = {.limit = 1, .limit_arg = LIMIT, .cursor_arg = CURSOR};
    struct reply reply = {0};
    struct span key = SPAN("1");
    request->path = fuzz_take_part(&input, '?');
    request->query = input;
    bool fits = request->path.length <= LIMIT_PATH_BYTES && request->query.length <= LIMIT_QUERY_BYTES;
    if (fits) {
        assert(page_end(request, &reply, NULL, &page, true, &key, 1) == PROBLEM_NONE && reply.headers_count == 1);
        const char *link = reply.headers[0].value, *end = strchr(link, '>');
        assert(link[0] == '<' && strchr(link + 1, '<') == NULL && strcmp(end, ">; rel=\"next\"") == 0);
        for (const char *c = link; c < end; c++)
            assert(*c > ' ' && *c < 0x7F && *c != '"' && *c != '\\');
    }
    held_close(request);
}

void fuzz_cursor(struct span input)
{
    switch (fuzz_take_byte(&input) % 3) {
    case 0:
        check_made_up(input);
        return;
    case 1:
        check_ours(input);
        return;
    default:
        check_link(input);
        return;
    }
}
