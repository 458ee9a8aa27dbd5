/* An employer as replies show one, and the code in a path. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/employers/employer.h"
#include "api/identifiers/credit_code.h"

bool employer_read_code(struct request *request, int arg, struct span *code)
{
    char *room = arena_alloc(request->arena, CREDIT_CODE_LENGTH);
    if (room == NULL) {
        return false;
    }
    if (!credit_code_normalise(request->args[arg].text, room)) {
        request_fault(request, ARG_PATH, "employer_code", "malformed",
                      request->language == LANGUAGE_EN ? "This must be 18 letters and digits."
                                                       : "须为 18 位字母和数字。");
        return false;
    }
    *code = (struct span){.bytes = room, .length = CREDIT_CODE_LENGTH};
    return true;
}
