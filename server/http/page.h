/* Keyset pagination: limits, signed cursors, the Link header. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/http/request.h"

/*
 * A cursor carries the sort key of the last row shown, as text fields in order. It is signed, and bound to the subject,
 * the operation and every other argument, so it opens no other list.
 */
#define PAGE_KEYS 6

struct page {
    int64_t limit;  /* rows to show; a statement fetches limit + 1 to learn has_more */
    bool continued; /* a cursor was given: keys[] are its fields */
    struct span keys[PAGE_KEYS];
    unsigned keys_count;
    int limit_arg, cursor_arg; /* for page_end */
};

/* Once, before threads: the key that signs cursors, 32 bytes, copied. */
void page_init(const uint8_t *key);
/* While requests are served: all keys that cursors may be signed by, and which one signs from now on. */
void page_keys(const uint8_t *const *keys, unsigned count, unsigned in_use);

/* Reads ?limit= and ?cursor=. PROBLEM_VALIDATION_FAILED with a fault on /query/cursor when the cursor is not ours or
 * has other filters. */
enum problem page_read(struct request *request, int limit_arg, int cursor_arg, struct page *page);

/* Ends the list: JSON `"has_more": …, "next_cursor": …` into the open object (writer NULL for CSV) and the Link header.
 */
enum problem page_end(struct request *request, struct reply *reply, struct json_writer *writer, const struct page *page,
                      bool has_more, const struct span *last_keys, unsigned last_keys_count);
