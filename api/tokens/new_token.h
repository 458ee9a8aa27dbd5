/* What a new token is to be, and what may be asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

struct new_token {
    enum principal_kind kind;
    struct uuid subject_id; /* staff: a new one when none was given */
    struct span label;
    struct span roles;     /* joined by commas */
    struct span regions;   /* joined by commas */
    int64_t expires_at_us; /* INT64_MAX: never */
};

void new_token_read(struct request *request, struct new_token *token);
/*
 * Adds a fault for each thing that must not be: roles and regions are for staff, nobody gives away regions outside
 * their own, citizens and clients must be named, and a citizen's token is made by hand only by who sees every region,
 * and not in production at all (its holder would read as the citizen, without an audit event).
 */
void new_token_check(struct request *request, const struct new_token *token, int64_t now_us);
