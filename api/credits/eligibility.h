/* Whether somebody is credited as a pensioner in a month: the body of two operations. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/credits/eligibility_words.h"
#include "server/http/reply.h"

#define ELIGIBILITY_TEXT_BYTES 2048 /* the longest text has 300 bytes and a few values */

int32_t eligibility_this_month(void); /* its first day, by the business clock */
/* Rows of account_credit_eligibility or person_credit_eligibility, at least one. */
void eligibility_write(const struct request *request, const struct rows *rows, struct reply *reply);
/* "name": what `say` says, into an object that is open; null where it says nothing. */
void eligibility_write_text(struct json_writer *writer, const char *name, enum language language,
                            const struct eligibility_facts *facts,
                            bool (*say)(const struct say *say, const struct eligibility_facts *facts));
bool eligibility_say_status(const struct say *say, const struct eligibility_facts *facts);
