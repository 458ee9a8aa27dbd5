/* What all operations that propose something have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/proposals/propose.h"
#include "api/people/numbers.h"
#include "server/clock.h"

void propose_check_reason(struct request *request, const struct arg *reason)
{
    if (reason->present && numbers_may_be_in(reason->text)) {
        request_fault(request, ARG_BODY, "reason", "not_allowed",
                      request->language == LANGUAGE_EN ? "No numbers of people in it, please."
                                                       : "请勿填写证件号、电话等号码。");
    }
}

void propose_bind(struct request *request, struct call *call, int first, uint64_t key, const struct arg *reason,
                  const struct arg *source_document)
{
    call_text(call, first, reason->text);
    if (source_document->present) {
        call_text(call, first + 1, source_document->text);
    }
    call_uuid(call, first + 2, request->principal.subject_id);
    call_instant(call, first + 3, clock_real_us());
    call_uuid(call, first + 4, uuid_make(key));
    call_text(call, first + 5, span_of(request->request_id));
}

void propose_bind_cleared(struct request *request, struct call *call, int param, const struct arg *clear)
{
    char *joined = NULL;
    for (size_t i = 0; clear->present && i < clear->texts.count; i++) {
        struct span name = clear->texts.items[i];
        joined = arena_printf(request->arena, "%s%s%.*s", joined == NULL ? "" : joined, joined == NULL ? "" : ",",
                              (int)name.length, name.bytes);
    }
    if (joined != NULL) {
        call_text(call, param, span_of(joined));
    }
}

void propose_check_cleared(struct request *request, const struct arg *clear, const char *const *names, const int *args,
                           size_t count)
{
    for (size_t i = 0; clear->present && i < clear->texts.count; i++) {
        for (size_t field = 0; field < count; field++) {
            bool is_both =
                span_equal(clear->texts.items[i], span_of(names[field])) && request->args[args[field]].present;
            const char *place = is_both ? arena_printf(request->arena, "clear/%zu", i) : NULL;
            if (is_both) {
                request_fault(request, ARG_BODY, place == NULL ? "clear" : place, "not_allowed", NULL);
            }
        }
    }
}
