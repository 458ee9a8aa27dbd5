/* The words to be spoken as plain text, or with their facts as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/hotline/speech.h"
#include "server/http/reply.h"

/*
 * `say` speaks, and in JSON `write` adds the facts as members of the object that holds language and text; both get
 * `facts`.
 */
enum problem hotline_reply(const struct request *request, struct reply *reply, const void *facts,
                           void (*say)(const struct speech *speech, const void *facts),
                           void (*write)(struct json_writer *writer, const void *facts));
