/* Chooses the form and language of an answer, and checks the form of a body, from the request's headers. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/operation.h"
#include "server/http/request.h"
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

/* Every function takes a header's value; empty when the header is absent. Malformed elements of a list are skipped. */

/*
 * The medium of `offered` (bits of enum media) that Accept likes best; the first of JSON, CSV, text among equals. False
 * when it takes none of them. Accept-Charset is ignored: everything is UTF-8.
 */
bool negotiate_media(struct span accept, uint32_t offered, enum media *media);

/* English when Accept-Language prefers it, or names it first among equals; else Chinese. */
enum language negotiate_language(struct span accept_language);

/* application/json, with no charset but UTF-8. */
bool negotiate_body_is_json(struct span content_type);
/* Which of `offered` it is; parameters do not matter: whoever reads a CSV finds out its charset. */
bool negotiate_body(struct span content_type, uint32_t offered, enum media *media);
