/* The rule that a credit goes by, the age and the amount, as clauses of a sentence. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/credits/credit_words.h"

/* 您, or of who died 参保人; `en` as it stands. */
void credit_say_whose(const struct say *say, const struct credit_facts *facts, const char *en);
/* Region, first month, tier and legal basis. */
void credit_say_rule(const struct say *say, const struct credit_facts *facts);
/* The age on the day that counts, and the rule. `opens`: it begins a sentence. */
void credit_say_age(const struct say *say, const struct credit_facts *facts, bool opens);
/* Gross amount and deduction, up to the comma before the net amount; `for_period`: the English word before the period.
 */
void credit_say_due(const struct say *say, const struct credit_facts *facts, bool is_past, const char *for_period);
