/* Who may see what: regions, citizens, and what bind marks for the audit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static struct request request;
static struct uuid person, other;

static int set_up(void **state)
{
    (void)state;
    memset(&request, 0, sizeof request);
    request.arena = arena_open();
    person = uuid_make(77);
    other = uuid_make(78);
    return request.arena == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(request.arena);
    return 0;
}

static void become_staff(const char *const *regions)
{
    request.principal.kind = PRINCIPAL_STAFF;
    request.principal.regions_count = 0;
    for (size_t i = 0; regions[i] != NULL; i++) {
        strcpy(request.principal.regions[request.principal.regions_count++], regions[i]);
    }
}

static void become_citizen(void)
{
    request.principal.kind = PRINCIPAL_CITIZEN;
    request.principal.subject_id = person;
}

static void regions_cover(void **state)
{
    (void)state;
    static const struct {
        const char *granted, *region;
        bool covers;
    } cases[] = {
        {"000000", "620500", true},  {"000000", "000000", true},  {"620000", "620500", true},
        {"620000", "620000", true},  {"620000", "630100", false}, {"620500", "620500", true},
        {"620500", "620900", false}, {"620500", "620000", false}, {"620500", "000000", false},
        {"110000", "110000", true},  {"620500", "620502", false}, {"", "620500", false},
        {"62", "620500", false},     {"620500", "", false},       {"620500", "6205", false},
        {"620000", "000000", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(access_region_covers(span_of(cases[i].granted), span_of(cases[i].region)), cases[i].covers);
    }
}

static void citizens_see_their_own(void **state)
{
    (void)state;
    become_citizen();
    assert_int_equal(access_ask(&request, uuid_make(77)), PROBLEM_NONE);
    assert_false(request.look);
    assert_int_equal(access_ask(&request, other), PROBLEM_NOT_FOUND);
    assert_true(access_may_see(&request, person, SPAN("620500")));
    assert_false(access_may_see(&request, other, SPAN("620500")));
    /* an id with the right key is not yet the right person */
    assert_false(access_may_see(&request, uuid_make(77), SPAN("620500")));
}

static void staff_see_their_pools_and_are_recorded(void **state)
{
    (void)state;
    become_staff((const char *const[]){"620500", "440000", NULL});
    assert_int_equal(access_ask(&request, other), PROBLEM_NONE);
    assert_true(request.look);
    assert_true(request.look_person_key == 78);
    assert_true(uuid_equal(request.look_object_id, other));
    assert_true(access_may_see(&request, other, SPAN("620500")));
    assert_true(access_may_see(&request, other, SPAN("440300")));
    assert_false(access_may_see(&request, other, SPAN("620900")));
}

static void nobody_else_sees_anything(void **state)
{
    (void)state;
    become_staff((const char *const[]){"000000", NULL});
    static const enum principal_kind kinds[] = {PRINCIPAL_ANONYMOUS, PRINCIPAL_CLIENT};
    for (size_t i = 0; i < 2; i++) {
        request.principal.kind = kinds[i];
        request.principal.subject_id = person;
        assert_int_equal(access_ask(&request, person), PROBLEM_NOT_FOUND);
        assert_false(access_may_see(&request, person, SPAN("620500")));
    }
}

static void clients_see_who_agreed_and_are_recorded(void **state)
{
    (void)state;
    become_staff((const char *const[]){"620500", NULL});
    request.principal.kind = PRINCIPAL_CLIENT;
    assert_int_equal(access_ask(&request, person), PROBLEM_NOT_FOUND);
    assert_false(request.look);
    request.consent_person_key = uuid_key(person);
    assert_int_equal(access_ask(&request, other), PROBLEM_NOT_FOUND);
    assert_false(request.look);
    assert_int_equal(access_ask(&request, person), PROBLEM_NONE);
    assert_true(request.look);
    assert_true(request.look_person_key == uuid_key(person));
    assert_true(access_may_see(&request, person, SPAN("620500")));
    assert_false(access_may_see(&request, person, SPAN("620900")));
    assert_false(access_may_see(&request, other, SPAN("620500")));
}

static struct value visible_of(const char *const *regions)
{
    struct call call;
    become_staff(regions);
    call_init(&call, STATEMENT_PERSON_ACCOUNTS);
    access_bind_visible(&request, &call, PERSON_ACCOUNTS_PARAM_VISIBLE);
    return call.values[PERSON_ACCOUNTS_PARAM_VISIBLE];
}

static void patterns_are_what_the_regions_cover(void **state)
{
    (void)state;
    assert_true(visible_of((const char *const[]){"620500", "000000", NULL}).is_null);
    assert_true(span_equal(visible_of((const char *const[]){"620500", "440000", NULL}).bytes, SPAN("620500,44%")));
    struct value none = visible_of((const char *const[]){NULL});
    assert_false(none.is_null);
    assert_int_equal(none.bytes.length, 0);
    const char *many[LIMIT_PRINCIPAL_REGIONS + 1] = {0};
    for (size_t i = 0; i < LIMIT_PRINCIPAL_REGIONS; i++) {
        many[i] = "620500";
    }
    assert_int_equal(visible_of(many).bytes.length, LIMIT_PRINCIPAL_REGIONS * 7 - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(regions_cover, set_up, tear_down),
        cmocka_unit_test_setup_teardown(citizens_see_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(staff_see_their_pools_and_are_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_else_sees_anything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(clients_see_who_agreed_and_are_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(patterns_are_what_the_regions_cover, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
