/* server/http/page.c and cursor.c: cursors open only their own list, and the Link header continues it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "small_contract.h"

#include "server/http/arguments.h"
#include "server/http/page.h"
#include <stdio.h>

static const uint8_t key[32] = {1, 2, 3};

/* A request for a list, its arguments read. */
static struct request *list(const char *query)
{
    struct request *request = small_open(OPERATION_LIST_THINGS);
    const struct route route = {.operation = OPERATION_LIST_THINGS};
    request->path = SPAN("/v1/things");
    request->query = span_of(arena_copy(request->arena, span_of(query)));
    request->principal.kind = PRINCIPAL_CITIZEN;
    request->principal.subject_id.bytes[0] = 7;
    assert_int_equal(arguments_read(request, &route), PROBLEM_NONE);
    return request;
}

static enum problem open_page(struct request *request, struct page *page)
{
    return page_read(request, LIST_THINGS_LIMIT, LIST_THINGS_CURSOR, page);
}

static const struct span last_keys[] = {SPAN("2025-12-01"), SPAN(""), SPAN("医\xff")};

/* The cursor and link of the page after `query`. */
static const char *next_cursor(struct request *request, const char **link)
{
    struct page page;
    struct reply reply = {0};
    struct json_writer writer;
    text_init(&reply.body, LIMIT_REPLY_BYTES);
    json_writer_init(&writer, &reply.body);
    json_object_open(&writer);
    assert_int_equal(open_page(request, &page), PROBLEM_NONE);
    assert_int_equal(page_end(request, &reply, &writer, &page, true, last_keys, 3), PROBLEM_NONE);
    json_object_close(&writer);
    text_append_char(&reply.body, '\0');
    assert_string_equal(reply.headers[0].name, "Link");
    if (link != NULL)
        *link = reply.headers[0].value;
    static const char before[] = "{\"has_more\":true,\"next_cursor\":\"";
    assert_memory_equal(reply.body.bytes, before, strlen(before));
    const char *start = reply.body.bytes + strlen(before);
    const char *cursor = arena_copy(request->arena, (struct span){.bytes = start, .length = strcspn(start, "\"")});
    text_fini(&reply.body);
    return cursor;
}

static enum problem open_with(const char *filters, const char *cursor, struct request **kept)
{
    char query[2048];
    snprintf(query, sizeof query, "%s&cursor=%s", filters, cursor);
    struct request *request = list(query);
    struct page page;
    enum problem problem = open_page(request, &page);
    if (problem == PROBLEM_NONE) {
        assert_true(page.continued);
        assert_int_equal(page.keys_count, 3);
        for (unsigned i = 0; i < 3; i++)
            assert_true(span_equal(page.keys[i], last_keys[i]));
    }
    if (kept == NULL)
        small_close(request);
    else
        *kept = request;
    return problem;
}

static void test_first_page(void **state)
{
    struct request *request = list("limit=7");
    struct page page;
    assert_int_equal(open_page(request, &page), PROBLEM_NONE);
    assert_int_equal(page.limit, 7);
    assert_false(page.continued);
    assert_int_equal(page.keys_count, 0);
    small_close(request);
}

static void test_last_page(void **state)
{
    struct request *request = list("");
    struct page page;
    struct reply reply = {0};
    struct json_writer writer;
    text_init(&reply.body, LIMIT_REPLY_BYTES);
    json_writer_init(&writer, &reply.body);
    assert_int_equal(open_page(request, &page), PROBLEM_NONE);
    assert_int_equal(page_end(request, &reply, NULL, &page, false, NULL, 0), PROBLEM_NONE);
    assert_int_equal(reply.headers_count + reply.body.length, 0);
    json_object_open(&writer);
    assert_int_equal(page_end(request, &reply, &writer, &page, false, NULL, 0), PROBLEM_NONE);
    assert_span_equal(text_span(&reply.body), "{\"has_more\":false,\"next_cursor\":null");
    text_fini(&reply.body);
    small_close(request);
}

static void test_a_cursor_continues_its_list(void **state)
{
    struct request *request = list("kind=red&limit=3&from=2024-01-01");
    const char *cursor = next_cursor(request, NULL);
    assert_int_equal(open_with("kind=red&limit=3&from=2024-01-01", cursor, NULL), PROBLEM_NONE);
    assert_int_equal(open_with("from=2024-01-01&kind=red&limit=100", cursor, NULL), PROBLEM_NONE);
    static const char *const others[] = {"",
                                         "kind=green&from=2024-01-01",
                                         "kind=red",
                                         "kind=red&from=2024-01-02",
                                         "kind=red&from=2024-01-01&region=620500",
                                         "kind=red&from=2024-01-01&active=false"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct request *other;
        assert_int_equal(open_with(others[i], cursor, &other), PROBLEM_VALIDATION_FAILED);
        assert_string_equal(small_faults(other), "/query/cursor malformed\n");
        small_close(other);
    }
    small_close(request);
}

static void test_a_cursor_is_for_its_caller_and_key(void **state)
{
    struct request *request = list("");
    const char *cursor = next_cursor(request, NULL);
    struct request *other;
    struct page page;
    assert_int_equal(open_with("", cursor, &other), PROBLEM_NONE);
    other->principal.subject_id.bytes[0] = 8;
    assert_int_equal(open_page(other, &page), PROBLEM_VALIDATION_FAILED);
    other->principal.subject_id.bytes[0] = 7;
    other->principal.kind = PRINCIPAL_STAFF;
    assert_int_equal(open_page(other, &page), PROBLEM_VALIDATION_FAILED);
    other->principal.kind = PRINCIPAL_CITIZEN;
    assert_int_equal(open_page(other, &page), PROBLEM_NONE);
    static const uint8_t other_key[32] = {9};
    page_init(other_key);
    assert_int_equal(open_page(other, &page), PROBLEM_VALIDATION_FAILED);
    page_init(key);
    small_close(other);
    small_close(request);
}

static void test_a_cursor_outlives_the_key_in_use(void **state)
{
    static const uint8_t newer[32] = {9};
    const uint8_t *keys[] = {key, newer};
    struct request *request = list("");
    struct request *other;
    const char *old = next_cursor(request, NULL);
    page_keys(keys, 2, 0);
    assert_string_equal(next_cursor(request, NULL), old); /* known, and not in use yet */
    page_keys(keys, 2, 1);
    const char *new = next_cursor(request, NULL);
    assert_string_not_equal(new, old);
    assert_int_equal(open_with("", old, &other), PROBLEM_NONE);
    small_close(other);
    assert_int_equal(open_with("", new, &other), PROBLEM_NONE);
    page_init(key);
    struct page page;
    assert_int_equal(open_page(other, &page), PROBLEM_VALIDATION_FAILED);
    small_close(other);
    small_close(request);
}

static void test_every_truncation_and_mutation_is_refused(void **state)
{
    struct request *request = list("");
    const char *cursor = next_cursor(request, NULL);
    size_t length = strlen(cursor);
    struct request *victim;
    assert_int_equal(open_with("", cursor, &victim), PROBLEM_NONE);
    struct page page;
    for (size_t cut = 0; cut < length; cut++) {
        victim->faults_count = 0;
        char *bytes = small_exact(cursor, cut);
        victim->args[LIST_THINGS_CURSOR].text = (struct span){.bytes = bytes, .length = cut};
        assert_int_equal(open_page(victim, &page), PROBLEM_VALIDATION_FAILED);
        free(bytes);
    }
    char *bytes = small_exact(cursor, length);
    victim->args[LIST_THINGS_CURSOR].text = (struct span){.bytes = bytes, .length = length};
    for (size_t i = 0; i < length; i++)
        for (int byte = 0; byte < 256; byte++) {
            victim->faults_count = 0;
            bytes[i] = (char)byte;
            enum problem expected = bytes[i] == cursor[i] ? PROBLEM_NONE : PROBLEM_VALIDATION_FAILED;
            assert_int_equal(open_page(victim, &page), expected);
            bytes[i] = cursor[i];
        }
    free(bytes);
    small_close(victim);
    small_close(request);
}

static void test_link(void **state)
{
    static const struct {
        const char *query, *link;
    } cases[] = {
        {"", "</v1/things?cursor=%s>; rel=\"next\""},
        {"limit=2&&kind=red", "</v1/things?limit=2&kind=red&cursor=%s>; rel=\"next\""},
        {"label=a%3E+b", "</v1/things?label=a%%3E+b&cursor=%s>; rel=\"next\""},
        {"label=a>\"b", "</v1/things?label=a%%3E%%22b&cursor=%s>; rel=\"next\""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = list(cases[i].query);
        const char *link;
        const char *cursor = next_cursor(request, &link);
        char expected[1024];
        char *mark = strstr(cases[i].link, "%s");
        assert_non_null(mark);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(expected, sizeof expected, cases[i].link, cursor);
#pragma GCC diagnostic pop
        assert_string_equal(link, expected);
        small_close(request);
    }
}

static void test_the_link_replaces_the_cursor_in_any_spelling(void **state)
{
    struct request *first = list("");
    const char *cursor = next_cursor(first, NULL);
    static const char *const names[] = {"cursor", "%63ursor", "%63%75%72%73%6F%72"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char query[1024];
        snprintf(query, sizeof query, "%s=%s&limit=5", names[i], cursor);
        struct request *request = list(query);
        const char *link;
        next_cursor(request, &link);
        assert_memory_equal(link, "</v1/things?limit=5&cursor=", 27);
        small_close(request);
    }
    small_close(first);
}

static void test_keys_that_do_not_fit(void **state)
{
    static char large[1024];
    struct request *request = list("");
    struct page page;
    struct reply reply = {0};
    struct span keys[1] = {{large, sizeof large}};
    assert_int_equal(open_page(request, &page), PROBLEM_NONE);
    assert_int_equal(page_end(request, &reply, NULL, &page, true, keys, 1), PROBLEM_INTERNAL_ERROR);
    keys[0].length = 700;
    assert_int_equal(page_end(request, &reply, NULL, &page, true, keys, 1), PROBLEM_NONE);
    small_close(request);
}

static int set_key(void **state)
{
    page_init(key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_page),
        cmocka_unit_test(test_last_page),
        cmocka_unit_test(test_a_cursor_continues_its_list),
        cmocka_unit_test(test_a_cursor_is_for_its_caller_and_key),
        cmocka_unit_test(test_a_cursor_outlives_the_key_in_use),
        cmocka_unit_test(test_every_truncation_and_mutation_is_refused),
        cmocka_unit_test(test_link),
        cmocka_unit_test(test_the_link_replaces_the_cursor_in_any_spelling),
        cmocka_unit_test(test_keys_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, set_key, NULL);
}
