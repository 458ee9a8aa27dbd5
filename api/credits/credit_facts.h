/* A row of credit_explanation as the words of a credit want it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/credits/credit_words.h"

/* Texts are borrowed from the rows. */
void credit_facts_read(const struct rows *rows, int row, struct credit_facts *facts);
