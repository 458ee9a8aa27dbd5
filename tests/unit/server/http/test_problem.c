/* server/http/problem.c: faults that fit their room, and problem+json in both languages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "small_contract.h"

#include "server/http/percent.h"
#include "server/http/problem.h"
#include <jansson.h>

static json_t *render(const struct request *request, enum problem problem)
{
    struct reply reply = {.status = 200};
    text_init(&reply.body, LIMIT_REPLY_BYTES);
    text_append_z(&reply.body, "[{\"half\": ");
    reply_header(&reply, "ETag", "\"old\"");
    problem_render(request, problem, &reply);
    assert_false(reply.body.failed);
    assert_int_equal(reply.status, problem_infos[problem].status);
    assert_int_equal(reply.headers_count, 1);
    assert_string_equal(reply.headers[0].name, "Content-Type");
    assert_string_equal(reply.headers[0].value, "application/problem+json");
    json_t *body = json_loadb(reply.body.bytes, reply.body.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(body);
    text_fini(&reply.body);
    return body;
}

static const char *member(const json_t *body, const char *name)
{
    return json_string_value(json_object_get(body, name));
}

static void test_every_problem_in_both_languages(void **state)
{
    for (int i = PROBLEM_NONE + 1; i < PROBLEM_COUNT; i++) {
        struct request request = {.request_id = "0123456789abcdef"};
        json_t *zh = render(&request, (enum problem)i);
        request.language = LANGUAGE_EN;
        json_t *en = render(&request, (enum problem)i);
        assert_string_equal(member(zh, "code"), problem_infos[i].code);
        assert_int_equal(json_integer_value(json_object_get(zh, "status")), problem_infos[i].status);
        assert_string_equal(member(zh, "request_id"), "0123456789abcdef");
        assert_string_equal(member(zh, "title"), problem_infos[i].title_zh);
        assert_string_equal(member(en, "detail"), problem_infos[i].detail_en);
        assert_memory_equal(member(en, "type"), "urn:yibaod:problem:", 19);
        assert_null(json_object_get(zh, "errors"));
        json_decref(zh);
        json_decref(en);
    }
}

static void test_faults_are_listed(void **state)
{
    struct request *request = small_open(OPERATION_NONE);
    request_fault(request, ARG_QUERY, "limit", "too_large", NULL);
    request_fault(request, ARG_BODY, NULL, "malformed", "so \"there\"");
    json_t *body = render(request, PROBLEM_VALIDATION_FAILED);
    const json_t *errors = json_object_get(body, "errors");
    assert_int_equal(json_array_size(errors), 2);
    assert_string_equal(member(json_array_get(errors, 0), "pointer"), "/query/limit");
    assert_string_equal(member(json_array_get(errors, 0), "detail"), "This is too large.");
    assert_string_equal(member(json_array_get(errors, 1), "pointer"), "/body");
    assert_string_equal(member(json_array_get(errors, 1), "detail"), "so \"there\"");
    json_decref(body);
    body = render(request, PROBLEM_NOT_FOUND);
    assert_null(json_object_get(body, "errors"));
    json_decref(body);
    small_close(request);
}

static void test_what_does_not_fit_is_cut_between_characters(void **state)
{
    char name[200];
    for (size_t shift = 0; shift < 4; shift++) {
        struct request *request = small_open(OPERATION_NONE);
        memset(name, 'x', sizeof name);
        for (size_t i = shift; i + 4 < sizeof name; i += 3)
            memcpy(name + i, "医", 4);
        request_fault(request, ARG_HEADER, name, "unknown", name);
        size_t characters;
        assert_true(text_is_plain(span_of(request->faults[0].pointer), &characters));
        assert_true(text_is_plain(span_of(request->faults[0].detail), &characters));
        assert_true(strlen(request->faults[0].detail) > 90);
        small_close(request);
    }
}

static void test_there_are_never_too_many(void **state)
{
    struct request *request = small_open(OPERATION_NONE);
    for (int i = 0; i < 10 * LIMIT_FIELD_ERRORS; i++)
        request_fault(request, ARG_PATH, "x", "unknown", NULL);
    assert_int_equal(request->faults_count, LIMIT_FIELD_ERRORS);
    json_t *body = render(request, PROBLEM_VALIDATION_FAILED);
    assert_int_equal(json_array_size(json_object_get(body, "errors")), LIMIT_FIELD_ERRORS);
    json_decref(body);
    small_close(request);
}

static void test_without_memory_only_500_is_left(void **state)
{
    struct request request = {.request_id = "0123456789abcdef"};
    struct reply reply = {.status = 200};
    text_init(&reply.body, 100);
    reply_header(&reply, "Retry-After", "1");
    problem_render(&request, PROBLEM_OUTCOME_UNKNOWN, &reply);
    assert_int_equal(reply.status, 500);
    assert_int_equal(reply.headers_count, 0);
    assert_int_equal(reply.body.length, 0);
    text_fini(&reply.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_problem_in_both_languages),
        cmocka_unit_test(test_faults_are_listed),
        cmocka_unit_test(test_what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(test_there_are_never_too_many),
        cmocka_unit_test(test_without_memory_only_500_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
