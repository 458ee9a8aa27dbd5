/* The guard's look for bytes of the header that the parser passed over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/guard_layout.h"

#define LINE_END 2 /* CR LF; a lone LF is refused, since not all who read a request take it for a line's end */

/* Only places are compared and no byte is read, so a layout that is not the expected one is merely a refusal. */
static size_t place(const struct guard_input *input, const char *bytes)
{
    return (size_t)((uintptr_t)bytes - (uintptr_t)input->method.bytes);
}

bool guard_layout_is_whole(const struct guard_input *input)
{
    size_t version = input->method.length + 1 + input->target.length + 1;
    if (place(input, input->version.bytes) != version)
        return false;
    size_t at = version + input->version.length + LINE_END;
    for (size_t i = 0; i < input->headers_count; i++) {
        const struct guard_header *header = &input->headers[i];
        size_t colon = at + header->name.length;
        size_t value = place(input, header->value.bytes);
        if (place(input, header->name.bytes) != at || value <= colon || value > input->layout_bytes)
            return false;
        at = value + header->value.length + LINE_END;
    }
    return at + LINE_END == input->layout_bytes;
}
