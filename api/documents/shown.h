/* A document as replies show it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"

#define DOCUMENT_FIELDS 8
/* Of every statement that begins with one column of its own and then has those of document_get. */
extern const struct field document_fields[DOCUMENT_FIELDS];
