/* Request ids and W3C trace ids: read from the caller, or made here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/trace.h"
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ID_BYTES (TRACE_ID_LENGTH / 2)
#define BUFFERED_IDS 64

static const char hex_digits[] = "0123456789abcdef";

/* One call of the generator for 64 ids: it costs about a microsecond however little is asked. */
static void random_id(uint8_t out[ID_BYTES])
{
    static _Thread_local uint8_t buffer[BUFFERED_IDS * ID_BYTES];
    static _Thread_local unsigned left = 0;
    if (left == 0) {
        if (RAND_bytes(buffer, sizeof buffer) != 1) {
            fputs("no randomness from OpenSSL\n", stderr);
            abort();
        }
        left = BUFFERED_IDS;
    }
    left--;
    memcpy(out, buffer + left * ID_BYTES, ID_BYTES);
}

void trace_make_id(char out[TRACE_ID_LENGTH + 1])
{
    uint8_t bytes[ID_BYTES];
    random_id(bytes);
    for (size_t i = 0; i < ID_BYTES; i++) {
        out[2 * i] = hex_digits[bytes[i] >> 4];
        out[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
    out[TRACE_ID_LENGTH] = '\0';
}

/* Lower-case hexadecimal only, as the standard has it; `nonzero` refuses all zeros. */
static bool is_hex(struct span text, bool nonzero)
{
    bool seen = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
        seen = seen || c != '0';
    }
    return seen || !nonzero;
}

static struct span part(struct span text, size_t from, size_t length)
{
    return (struct span){.bytes = text.bytes + from, .length = length};
}

/* 00-<32 trace id>-<16 parent id>-<2 flags> */
bool trace_parse(struct span traceparent, char trace_id_out[TRACE_ID_LENGTH + 1])
{
    const size_t length_00 = 55;
    if (traceparent.length < length_00)
        return false;
    struct span version = part(traceparent, 0, 2);
    if (!is_hex(version, false) || span_equal(version, SPAN("ff")))
        return false;
    bool is_00 = span_equal(version, SPAN("00"));
    if (traceparent.length > length_00 && (is_00 || traceparent.bytes[length_00] != '-'))
        return false;
    if (traceparent.bytes[2] != '-' || traceparent.bytes[35] != '-' || traceparent.bytes[52] != '-')
        return false;
    struct span id = part(traceparent, 3, TRACE_ID_LENGTH);
    if (!is_hex(id, true) || !is_hex(part(traceparent, 36, 16), true) || !is_hex(part(traceparent, 53, 2), false))
        return false;
    memcpy(trace_id_out, id.bytes, id.length);
    trace_id_out[id.length] = '\0';
    return true;
}

bool trace_request_id_is_valid(struct span text)
{
    if (text.length < TRACE_REQUEST_ID_LENGTH_MIN || text.length > TRACE_REQUEST_ID_LENGTH_MAX)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        bool is_good =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
        if (!is_good)
            return false;
    }
    return true;
}

void trace_request_id(struct span x_request_id, char out[TRACE_REQUEST_ID_LENGTH_MAX + 1])
{
    if (!trace_request_id_is_valid(x_request_id)) {
        trace_make_id(out);
        return;
    }
    memcpy(out, x_request_id.bytes, x_request_id.length);
    out[x_request_id.length] = '\0';
}

void trace_id(struct span traceparent, char out[TRACE_ID_LENGTH + 1])
{
    if (!trace_parse(traceparent, out))
        trace_make_id(out);
}
