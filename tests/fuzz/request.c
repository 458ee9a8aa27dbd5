/* A request line with headers: the guard, the router, and all that the header alone decides (server/http/head.c). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/http/exchange.h"
#include "server/http/percent.h"
#include "tests/fuzz/fuzz.h"
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>

/* As a parser would have found them that follows RFC 9112 to the letter; everything points into the input. */
struct parsed {
    struct guard_header headers[LIMIT_HEADERS + 1];
    struct guard_input head;
};

static bool parse(struct span input, struct parsed *parsed)
{
    struct span all = input;
    struct guard_input *head = &parsed->head;
    *head = (struct guard_input){.headers = parsed->headers};
    struct span line = fuzz_take_part(&input, '\n');
    head->method = fuzz_take_part(&line, ' ');
    head->target = fuzz_take_part(&line, ' ');
    if (line.length == 0 || line.bytes[line.length - 1] != '\r')
        return false;
    head->version = (struct span){.bytes = line.bytes, .length = line.length - 1};
    while (head->headers_count <= LIMIT_HEADERS) {
        line = fuzz_take_part(&input, '\n');
        if (line.length == 0 || line.bytes[line.length - 1] != '\r')
            return false;
        line.length--;
        if (line.length == 0)
            break;
        struct guard_header *header = &parsed->headers[head->headers_count++];
        header->name = fuzz_take_part(&line, ':');
        while (line.length > 0 && line.bytes[0] == ' ') {
            line.bytes++;
            line.length--;
        }
        header->value = line;
        if (header->value.bytes == header->name.bytes + header->name.length)
            return false; /* no colon */
    }
    head->layout_bytes = (size_t)(input.bytes - all.bytes);
    return true;
}

static unsigned count_of(const struct guard_input *head, const char *name, struct span *value)
{
    unsigned count = 0;
    for (size_t i = 0; i < head->headers_count; i++) {
        struct span here = head->headers[i].name;
        if (here.length != strlen(name) || strncasecmp(here.bytes, name, here.length) != 0)
            continue;
        count++;
        *value = head->headers[i].value;
    }
    return count;
}

static bool has_control(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.bytes[i] < ' ' && text.bytes[i] != '\t')
            return true;
    return false;
}

/* What a second parser could read in another way has not come through. */
static void check_framing(const struct guard_input *head)
{
    struct span length = {0}, coding = {0}, host = {0}, other;
    unsigned lengths = count_of(head, "Content-Length", &length);
    unsigned codings = count_of(head, "Transfer-Encoding", &coding);
    unsigned hosts = count_of(head, "Host", &host);
    bool is_1_0 = span_equal(head->version, SPAN("HTTP/1.0"));
    assert(lengths + codings <= 1);
    assert(hosts == 1 || (hosts == 0 && is_1_0));
    assert(codings == 0 || (!is_1_0 && coding.length == 7 && strncasecmp(coding.bytes, "chunked", 7) == 0));
    assert(lengths == 0 || (length.length > 0 && strspn(length.bytes, "0123456789") >= length.length));
    struct sockaddr_storage caller = {.ss_family = AF_UNSPEC};
    assert(!guard_caller(head, &caller) || (head->by_proxy && caller.ss_family != AF_UNSPEC));
    assert(!head->by_proxy || count_of(head, "X-Forwarded-For", &other) <= 1);
    assert(count_of(head, "Authorization", &other) <= 1 && count_of(head, "Idempotency-Key", &other) <= 1);
    for (size_t i = 0; i < head->headers_count; i++)
        assert(!has_control(head->headers[i].value) && head->headers[i].name.length > 0 &&
               memchr(head->headers[i].name.bytes, ' ', head->headers[i].name.length) == NULL);
    for (size_t i = 0; i < head->target.length; i++)
        assert((unsigned char)head->target.bytes[i] > ' ' && (unsigned char)head->target.bytes[i] < 0x7F);
}

static void encode(struct text *out, struct span plain)
{
    for (size_t i = 0; i < plain.length; i++)
        text_printf(out, "%%%02X", (unsigned char)plain.bytes[i]);
}

/* The route's template with what was found in it is the path, and a segment decoded, encoded and decoded is the same.
 */
static void check_route(const struct exchange *exchange)
{
    const char *template = operation_infos[exchange->route.operation].route;
    struct text path, coded;
    unsigned used = 0;
    text_init(&path, LIMIT_PATH_BYTES);
    text_init(&coded, 3 * LIMIT_PATH_BYTES);
    for (const char *at = template; *at != '\0'; at++) {
        if (*at != '{') {
            text_append_char(&path, *at);
            continue;
        }
        assert(used < exchange->route.path_args_count);
        struct span segment = exchange->route.path_args[used++];
        text_append_span(&path, segment);
        at = strchr(at, '}');
        char plain[LIMIT_PATH_BYTES], again[LIMIT_PATH_BYTES];
        struct span decoded = {.bytes = plain}, twice = {.bytes = again};
        if (!percent_decode(segment, PERCENT_PATH, plain, &decoded.length))
            continue;
        text_clear(&coded);
        encode(&coded, decoded);
        struct span whole = coded.length == 0 ? SPAN("") : text_span(&coded);
        char *room = malloc(whole.length + 1);
        twice.bytes = room;
        assert(room != NULL && percent_decode(whole, PERCENT_PATH, room, &twice.length) && span_equal(decoded, twice));
        free(room);
        (void)again;
    }
    assert(used == exchange->route.path_args_count && span_equal(text_span(&path), exchange->request.path));
    text_fini(&path);
    text_fini(&coded);
}

/* A refusal is problem+json with the status of its problem. */
static void check_refusal(struct exchange *exchange)
{
    enum problem problem = exchange->refusal;
    exchange_start(exchange);
    assert(exchange->stage == EXCHANGE_ANSWERED && exchange->reply.status == problem_infos[problem].status);
    json_error_t error;
    struct span body = reply_span(&exchange->reply);
    json_t *json = json_loadb(body.bytes, body.length, JSON_REJECT_DUPLICATES, &error);
    assert(json_integer_value(json_object_get(json, "status")) == exchange->reply.status);
    json_decref(json);
    for (unsigned i = 0; i < exchange->reply.headers_count; i++)
        assert(!has_control(span_of(exchange->reply.headers[i].value)));
}

static struct exchange_context *open_context(void)
{
    static struct service service;
    static struct exchange_context context = {.service = &service};
    const char *error;
    if (service.rate_by_address == NULL) {
        service.rate_by_address = rate_limit_open("address", 1000000, 1);
        service.rate_by_principal = rate_limit_open("principal", 1000000, 1);
        assert(service.rate_by_address != NULL && service.rate_by_principal != NULL);
        assert(cors_read(&service.cors, "https://a.example", &error));
    }
    return &context;
}

void fuzz_request(struct span input)
{
    struct parsed *parsed = calloc(1, sizeof *parsed);
    const struct sockaddr_in peer = {.sin_family = AF_INET};
    assert(parsed != NULL);
    uint8_t first = fuzz_take_byte(&input);
    if (!parse(input, parsed)) {
        free(parsed);
        return;
    }
    if ((first & 1) != 0) /* as version 1 of libmicrohttpd tells it */
        parsed->head.layout_bytes = 0;
    parsed->head.by_proxy = (first & 2) != 0;
    struct exchange *exchange = exchange_open(open_context(), parsed->head.target, clock_monotonic_us());
    assert(exchange != NULL);
    parsed->head.target = exchange->target; /* as library_head.c passes it on */
    exchange_head(exchange, &parsed->head, (const struct sockaddr *)&peer);
    bool is_guarded = guard_check(&parsed->head) == GUARD_OK;
    if (is_guarded)
        check_framing(&parsed->head);
    else
        assert(exchange->refusal != PROBLEM_NONE);
    if (exchange->operation != NULL)
        check_route(exchange);
    if (exchange->refusal != PROBLEM_NONE)
        check_refusal(exchange);
    exchange_close(exchange);
    free(parsed);
}
