/* A person's answer to what a client has asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* Binds consent_answer as a refusal; who agrees adds consent_id, scopes and expires_at. */
void answer_bind(struct request *request, struct uuid consent_request_id, int64_t now_us, struct call *call);
/* Of consent_answer's rows: PROBLEM_NONE when it was answered so. */
enum problem answer_problem(const struct rows *rows);
