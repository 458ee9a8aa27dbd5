/* The form of national institution codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clients/institution.h"

#define CODE_LENGTH_MIN 6
#define CODE_LENGTH_MAX 20

bool institution_code_is_valid(struct span code)
{
    if (code.length < CODE_LENGTH_MIN || code.length > CODE_LENGTH_MAX || code.bytes[0] < 'A' || code.bytes[0] > 'Z') {
        return false;
    }
    for (size_t i = 1; i < code.length; i++) {
        bool is_digit = code.bytes[i] >= '0' && code.bytes[i] <= '9';
        bool is_letter = code.bytes[i] >= 'A' && code.bytes[i] <= 'Z';
        if (!is_digit && !is_letter) {
            return false;
        }
    }
    return true;
}

void institution_check_code(struct request *request, int code_arg)
{
    const struct arg *code = &request->args[code_arg];
    if (code->present && !institution_code_is_valid(code->text)) {
        request_fault(request, ARG_BODY, "institution_code", "malformed", NULL);
    }
}
