/* A channel of the directory as staff see one, and where it stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/pools/channel.h"
#include "api/access.h"

enum { POOL_CODE, KIND, CHANNEL_CODE };

static bool is_code(struct span text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_other = (c >= '0' && c <= '9') || c == '_';
        if (!is_letter && (i == 0 || !is_other)) {
            return false;
        }
    }
    return text.length > 0;
}

enum problem channel_bind_key(struct request *request, int first_arg, struct call *call, int first_param)
{
    const struct arg *args = &request->args[first_arg];
    if (!access_covers(&request->principal, args[POOL_CODE].text)) {
        return PROBLEM_NOT_FOUND;
    }
    if (!is_code(args[CHANNEL_CODE].text)) {
        request_fault(request, ARG_PATH, "channel_code", "malformed", NULL);
    }
    call_text(call, first_param + POOL_CODE, args[POOL_CODE].text);
    call_text(call, first_param + KIND, args[KIND].text);
    call_text(call, first_param + CHANNEL_CODE, args[CHANNEL_CODE].text);
    return request->faults_count > 0 ? PROBLEM_VALIDATION_FAILED : PROBLEM_NONE;
}
