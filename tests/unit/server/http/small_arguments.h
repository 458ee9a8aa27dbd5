/* Reads arguments of the small contract, and says what is wrong with them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "small_contract.h"

#include "server/http/arguments.h"

#define ID "018f3a52-7c00-7a10-9d3c-5b1f0a2e4c68"
#define REQUIRED "\"name\": \"a\", \"amount_fen\": 1"

/* A body of createThing with a value of every type. */
static const char whole_body[] =
    "{\"name\": \"\\u533b\\ud83d\\ude00\", \"amount_fen\": -9223372036854775808, \"urgent\": true, \"owner_id\": \"" ID
    "\","
    "\"starts_on\": \"2024-02-29\", \"month\": \"2024-02\", \"expires_at\": \"1970-01-01T00:00:01Z\","
    "\"colours\": [\"red\", \"blue\"], \"regions\": []}";

struct wrong {
    const char *sent, *faults;
};

static inline enum problem read_query(struct request *request, const char *query)
{
    const struct route route = {.operation = request->operation};
    request->query = span_of(query);
    return arguments_read(request, &route);
}

static inline enum problem read_body(struct request *request, const char *body)
{
    const struct route route = {.operation = request->operation};
    request->headers[0] = SPAN("key-12345");
    request->body = span_of(body);
    return arguments_read(request, &route);
}
