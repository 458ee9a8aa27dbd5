/* The signed text form of a cursor. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/page.h"
#include "server/http/request.h"

#define CURSOR_KEYS_MAXIMUM 16

void cursor_init(const uint8_t *key); /* 32 bytes, copied */
/* All keys: those known stay as they are, others join; `in_use` signs from now on. By one thread, at any time. */
void cursor_keys(const uint8_t *const *keys, unsigned count, unsigned in_use);

/*
 * Base64url, without padding, of: version 1; for each key its length (2 bytes, big-endian) and bytes; the first 16
 * bytes of an HMAC-SHA-256 over operation, principal, every argument but the two given, and all bytes before. NULL
 * without memory, or when the keys are too long for a cursor.
 */
const char *cursor_make(const struct request *request, int limit_arg, int cursor_arg, const struct span *keys,
                        unsigned keys_count);

enum cursor_result { CURSOR_OK, CURSOR_NOT_OURS, CURSOR_NO_MEMORY };

/* The keys point into the arena. */
enum cursor_result cursor_open(const struct request *request, int limit_arg, int cursor_arg, struct page *page);
