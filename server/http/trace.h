/* Request ids and W3C trace ids: read from the caller, or made here. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

#define TRACE_ID_LENGTH 32
#define TRACE_REQUEST_ID_LENGTH_MIN 16
#define TRACE_REQUEST_ID_LENGTH_MAX 32

/* Strict W3C Trace Context: version 00 of exactly 55 characters, later versions with what follows ignored; never ff nor
 * all zeros. */
bool trace_parse(struct span traceparent, char trace_id[TRACE_ID_LENGTH + 1]);
/* 32 hexadecimal digits from a per-thread buffer of OpenSSL's generator. */
void trace_make_id(char out[TRACE_ID_LENGTH + 1]);
/* 16–32 of [0-9A-Za-z_-]. */
bool trace_request_id_is_valid(struct span text);

/* What a request starts with: the caller's values where they are well-formed, fresh ones otherwise. Empty spans for
 * absent headers. */
void trace_request_id(struct span x_request_id, char out[TRACE_REQUEST_ID_LENGTH_MAX + 1]);
void trace_id(struct span traceparent, char out[TRACE_ID_LENGTH + 1]);
