/* Numbers of people as staff send them: checked, normalised, hashed; what is wrong becomes a fault of the request. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/identifiers/citizen_number.h"
#include "server/http/request.h"

/* Each adds a fault to /body/<name> and returns false when the text is no such number. */
bool numbers_read_citizen(struct request *request, const char *name, struct span text, struct citizen_number *number);
/* *number is in the arena. */
bool numbers_read_certificate(struct request *request, const char *name, struct span text, struct span *number);
bool numbers_read_card(struct request *request, const char *name, struct span text, struct span *number);

/* The keyed hash to look up by, in the arena; false only without memory or when OpenSSL fails. */
bool numbers_hash_citizen(struct request *request, const struct citizen_number *number, struct span *hash);
bool numbers_hash_certificate(struct request *request, struct span kind, struct span number, struct span *hash);
/* What is given to be stored: sealed_hash_items. */
bool numbers_items_citizen(struct request *request, const struct citizen_number *number, struct span *items);
bool numbers_items_certificate(struct request *request, struct span kind, struct span number, struct span *items);

/* Whether a free text holds so many digits in a row that it may be somebody's number: such do not go into the log. */
bool numbers_may_be_in(struct span text);
