/* Personal data as replies show it: enough to recognise, too little to use (docs/rules.md 9). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"

/* Room for the longest masked value: 18 characters, or one UTF-8 character and a star. */
#define MASK_BYTES 24

/* Each writes into `out` and returns what it wrote; an empty value stays empty. */
struct span mask_citizen_number(struct span plain,
                                char out[MASK_BYTES]);           /* 110105********002X; other certificates: last 2 */
struct span mask_name(struct span plain, char out[MASK_BYTES]);  /* 张*, whatever follows; plain is UTF-8 */
struct span mask_phone(struct span plain, char out[MASK_BYTES]); /* 138****5678; other lengths: last 4 */
struct span mask_bank_card(struct span plain, char out[MASK_BYTES]); /* the last 4 */
