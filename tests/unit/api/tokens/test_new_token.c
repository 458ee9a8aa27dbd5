/* What may be asked of a new token, and who may ask it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "api/tokens/new_token.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define NOW_US INT64_C(1700000000000000)

static struct request request;
static struct new_token token;

static int set_up(void **state)
{
    static const struct config development = {.mode = "development", .sms_gateway = ""};
    (void)state;
    api_init(&development, NULL);
    memset(&request, 0, sizeof request);
    request.operation = OPERATION_CREATE_TOKEN;
    request.arena = arena_open();
    request.principal.kind = PRINCIPAL_STAFF;
    request.principal.regions_count = 1;
    strcpy(request.principal.regions[0], "000000");
    return request.arena == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(request.arena);
    return 0;
}

static void give_text(int arg, const char *text)
{
    request.args[arg].present = true;
    request.args[arg].text = span_of(text);
}

static void give_texts(int arg, const char *first, const char *second)
{
    struct span *items = arena_alloc(request.arena, 2 * sizeof *items);
    items[0] = span_of(first);
    items[1] = span_of(second);
    request.args[arg].present = true;
    request.args[arg].texts.items = items;
    request.args[arg].texts.count = second == NULL ? 1 : 2;
}

static void give_staff(void)
{
    give_text(CREATE_TOKEN_KIND, "staff");
    give_texts(CREATE_TOKEN_ROLES, "operator", "auditor");
    give_texts(CREATE_TOKEN_REGIONS, "620500", "440000");
}

static void give_citizen(void)
{
    give_text(CREATE_TOKEN_KIND, "citizen");
    request.args[CREATE_TOKEN_SUBJECT_ID].present = true;
    request.args[CREATE_TOKEN_SUBJECT_ID].uuid = uuid_make(5);
    request.args[CREATE_TOKEN_EXPIRES_AT].present = true;
    request.args[CREATE_TOKEN_EXPIRES_AT].number = NOW_US + 1;
}

static void judge(void)
{
    request.faults_count = 0;
    new_token_read(&request, &token);
    new_token_check(&request, &token, NOW_US);
}

static void assert_fault(const char *pointer, const char *code)
{
    for (uint32_t i = 0; i < request.faults_count; i++) {
        if (strcmp(request.faults[i].pointer, pointer) == 0) {
            assert_string_equal(request.faults[i].code, code);
            return;
        }
    }
    fail_msg("no fault at %s", pointer);
}

static void reads_what_was_given(void **state)
{
    (void)state;
    give_staff();
    judge();
    assert_int_equal(request.faults_count, 0);
    assert_int_equal(token.kind, PRINCIPAL_STAFF);
    assert_true(span_equal(token.roles, SPAN("operator,auditor")));
    assert_true(span_equal(token.regions, SPAN("620500,440000")));
    assert_true(span_equal(token.label, SPAN("")));
    assert_true(token.expires_at_us == INT64_MAX);
}

static void roles_and_regions_are_for_staff(void **state)
{
    (void)state;
    give_text(CREATE_TOKEN_KIND, "staff");
    judge();
    assert_int_equal(request.faults_count, 2);
    assert_fault("/body/roles", "required");
    assert_fault("/body/regions", "required");
    give_staff();
    give_text(CREATE_TOKEN_KIND, "client");
    judge();
    assert_int_equal(request.faults_count, 3);
    assert_fault("/body/roles", "not_allowed");
    assert_fault("/body/regions", "not_allowed");
    assert_fault("/body/subject_id", "required");
}

static void nobody_gives_away_more_than_their_own(void **state)
{
    (void)state;
    strcpy(request.principal.regions[0], "620000");
    give_staff();
    judge();
    assert_int_equal(request.faults_count, 1);
    assert_fault("/body/regions/1", "not_allowed");
    give_texts(CREATE_TOKEN_REGIONS, "620000", "000000");
    judge();
    assert_int_equal(request.faults_count, 1);
    assert_fault("/body/regions/1", "not_allowed");
}

static void citizens_need_a_person_and_an_end(void **state)
{
    (void)state;
    give_text(CREATE_TOKEN_KIND, "citizen");
    judge();
    assert_int_equal(request.faults_count, 2);
    assert_fault("/body/subject_id", "required");
    assert_fault("/body/expires_at", "required");
    give_citizen();
    judge();
    assert_int_equal(request.faults_count, 0);
}

static void citizens_are_made_by_hand_only_nationwide_and_outside_production(void **state)
{
    static const struct config production = {.mode = "production", .sms_gateway = ""};
    (void)state;
    give_citizen();
    strcpy(request.principal.regions[0], "620000");
    judge();
    assert_fault("/body/kind", "not_allowed");
    strcpy(request.principal.regions[0], "000000");
    api_init(&production, NULL);
    judge();
    assert_int_equal(request.faults_count, 1);
    assert_fault("/body/kind", "not_allowed");
}

static void ends_in_the_future(void **state)
{
    (void)state;
    give_staff();
    request.args[CREATE_TOKEN_EXPIRES_AT].present = true;
    request.args[CREATE_TOKEN_EXPIRES_AT].number = NOW_US;
    judge();
    assert_int_equal(request.faults_count, 1);
    assert_fault("/body/expires_at", "too_small");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_what_was_given),
        TEST(roles_and_regions_are_for_staff),
        TEST(nobody_gives_away_more_than_their_own),
        TEST(citizens_need_a_person_and_an_end),
        TEST(citizens_are_made_by_hand_only_nationwide_and_outside_production),
        TEST(ends_in_the_future),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
