/* What an audit event tells the person whose data it was about. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* One sentence without its subject, in the given language; a general one for an action that has none of its own. */
struct span action_text(struct span action, enum language language);
/* Words for a purpose that staff chose from a list; anything else as it is. */
struct span purpose_text(struct span purpose, enum language language);
