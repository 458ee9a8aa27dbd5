/* What a caller of the hotline keys in, a line each: number, PIN and phone; then a password, held against its rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/keyed_in.h"
#include "api/sign_in/secret_rules.h"
#include "server/http/percent.h"
#include "tests/fuzz/arguments_held.h"
#include "tests/fuzz/fuzz.h"

static const struct caller_args args = {GET_HOTLINE_BALANCE_CALLER_NUMBER, GET_HOTLINE_BALANCE_CALLER_PIN,
                                        GET_HOTLINE_BALANCE_CALLER_PHONE};

/* What counts as keyed in has nothing but digits and X in it. */
static void check_keyed_in(struct request *request)
{
    struct keyed_in keyed_in = {0};
    uint32_t faults_before = request->faults_count;
    bool is_read = keyed_in_read(request, &args, &keyed_in);
    assert(is_read == (request->faults_count == faults_before));
    if (!is_read)
        return;
    assert(strspn(keyed_in.digits, "0123456789X") == strlen(keyed_in.digits));
    assert(strspn(keyed_in.number, "0123456789X") == strlen(keyed_in.number) && keyed_in.number[0] != '\0');
    assert(strlen(keyed_in.source) > 0 && keyed_in.source_kind != NULL);
}

static void check_rules(struct request *request, struct span secret)
{
    const struct secret_owner owner = {SPAN("620502196002030109"), SPAN("王小明"), SPAN("13812345678")};
    size_t characters;
    if (!text_is_plain(secret, &characters) || characters == 0)
        return;
    uint32_t faults_before = request->faults_count;
    secret_rules_check_pin(request, "pin", secret, &owner);
    bool is_pin = request->faults_count == faults_before;
    assert(!is_pin || secret.length == KEYED_PIN_BYTES);
    secret_rules_check_password(request, "password", secret, &owner);
    bool holds_phone = memmem(secret.bytes, secret.length, owner.phone.bytes, owner.phone.length) != NULL;
    assert(!holds_phone || request->faults_count > faults_before);
}

void fuzz_keyed_in(struct span input)
{
    struct route route;
    struct request *request = held_open(OPERATION_GET_HOTLINE_BALANCE, &route);
    for (unsigned i = 0; i < 3; i++) {
        struct span line = fuzz_take_part(&input, '\n');
        request->headers[i].bytes = arena_copy(request->arena, line); /* the PIN's is wiped */
        request->headers[i].length = line.length;
    }
    enum problem problem = arguments_read(request, &route);
    held_check(request, problem);
    if (problem == PROBLEM_NONE)
        check_keyed_in(request);
    check_rules(request, input);
    held_close(request);
}
