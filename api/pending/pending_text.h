/* What is in flight, as a sentence. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* The words are those of the schema Pending. */
struct span pending_text(struct span kind, struct span waits_on, struct span waits_for, enum language language);
