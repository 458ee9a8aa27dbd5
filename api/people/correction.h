/* What of a person is to be corrected: read, checked, sealed and hashed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/*
 * Into the parameters of person_correction_propose. False without memory or when OpenSSL fails; otherwise look at
 * request->faults_count: every fault is there at once. The plain number is wiped when the request ends.
 */
bool correction_bind(struct request *request, struct call *call, struct uuid person_id, struct uuid proposal_id);
